/** A table with one value per bot and guild. */
import { botOf, type GatewayPort } from './port.js';
import type { VoiceTarget } from './target.js';

/** The bot's id is part of the key, because ports of several bots may be made from one stream of events. */
type Place = Pick<VoiceTarget, 'guildId' | 'userId'>;

/** Keyed by bot, and then by guild: a bot is in one channel of a guild at a time. Entries are dropped with the bot's object. */
export class GuildTable<T> {
  readonly #byBot = new WeakMap<object, Map<string, T>>();

  get(gateway$: GatewayPort, place: Place): T | undefined {
    return this.#byBot.get(botOf(gateway$))?.get(keyOf(place));
  }

  set(gateway$: GatewayPort, place: Place, value: T): void {
    const bot = botOf(gateway$);
    let byPlace = this.#byBot.get(bot);
    if (byPlace === undefined) this.#byBot.set(bot, (byPlace = new Map()));
    byPlace.set(keyOf(place), value);
  }

  delete(gateway$: GatewayPort, place: Place): void {
    this.#byBot.get(botOf(gateway$))?.delete(keyOf(place));
  }
}

function keyOf({ guildId, userId }: Place): string {
  return `${guildId} ${userId}`;
}
