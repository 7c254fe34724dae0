/** `rxvoice/adapters`: gateway ports of Discord libraries. The types are structural: none of those libraries is imported. */
export { fromDiscordJs, type DiscordJsClient } from './discord-js.js';
export { fromEris, type ErisClient, type ErisShard } from './eris.js';
export { fromOceanic, type OceanicClient, type OceanicShard } from './oceanic.js';
export { fromDroff, type DroffClient, type DroffShard } from './droff.js';
export type { ShardMap } from './shard-map.js';
export { fromAdapterCreator, type VoiceAdapterCreator } from './adapter-creator.js';
