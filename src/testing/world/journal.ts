/** What happened in a virtual world, in order: what bots did, and what was done to them. */
import type { SchedulerLike } from 'rxjs';
import type { Snowflake } from '../../types.js';

/**
 * An event, with the bot and the guild that it belongs to.
 *
 * - `command`: the bot sent op 4; a null channel leaves
 * - `state`: a voice state of the bot itself came; `changed` if the bot's channel or its permission to be heard changed, or the bot asked for it
 * - `packet`: the bot sent a frame
 * - `fault`: its connection was disturbed
 * - `kick`: somebody disconnected the bot
 * - `member`: another user joined its channel, or left it
 * - `speech`: another user began to speak
 * - `told`: the test dispatched an event, which may be a reason to act
 */
export type WorldEvent = { readonly userId: Snowflake; readonly guildId: Snowflake } & (
  | { readonly type: 'command'; readonly channelId: Snowflake | null }
  | { readonly type: 'state'; readonly channelId: Snowflake | null; readonly changed: boolean }
  | { readonly type: 'packet'; readonly frame: Uint8Array }
  | { readonly type: 'fault'; readonly what: string }
  | { readonly type: 'kick' }
  | { readonly type: 'member'; readonly memberId: Snowflake; readonly inside: boolean }
  | { readonly type: 'speech'; readonly memberId: Snowflake }
  | { readonly type: 'told'; readonly event: string }
);

/** The same without user and guild, which the caller adds. */
export type OwnEvent = WorldEvent extends infer E ? (E extends WorldEvent ? Omit<E, 'userId' | 'guildId'> : never) : never;

/** An event with its virtual time, in ms. */
export type JournalEntry = WorldEvent & { readonly at: number };

export class Journal {
  readonly entries: JournalEntry[] = [];
  readonly #scheduler: SchedulerLike;

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  /** Creates only one object for each entry: an hour of audio is 180 000 packets. */
  note(event: OwnEvent, userId: Snowflake, guildId: Snowflake): void {
    this.entries.push({ ...event, userId, guildId, at: this.#scheduler.now() });
  }
}
