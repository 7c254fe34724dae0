/** `rxvoice/adapters`: gateway ports of Discord libraries. The types are structural: none of those libraries is imported. */
export { fromDiscordJs, type DiscordJsClient } from './discord-js.js';
export { fromAdapterCreator, type VoiceAdapterCreator } from './adapter-creator.js';
