/** What happened in a virtual world, in order: what bots did, and what was done to them. */
import type { SchedulerLike } from 'rxjs';
import type { Snowflake } from '../../types.js';

/**
 * Something that happened, and whose it is.
 *
 * - `command`: the bot sent op 4; a null channel leaves
 * - `state`: a voice state of the bot itself came, and whether it `changed` where the bot is or may be heard
 * - `packet`: the bot sent a frame
 * - `fault`: something was done to its connection
 * - `kick`: somebody disconnected the bot
 * - `member`: somebody else came into its channel, or left it
 * - `speech`: somebody else began to speak
 * - `told`: the test dispatched something, which may be a reason to act
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

/** The same, of a bot and in a guild that go without saying. */
export type OwnEvent = WorldEvent extends infer E ? (E extends WorldEvent ? Omit<E, 'userId' | 'guildId'> : never) : never;

/** With its virtual time, in ms. */
export type JournalEntry = WorldEvent & { readonly at: number };

export class Journal {
  readonly entries: JournalEntry[] = [];
  readonly #scheduler: SchedulerLike;

  constructor(scheduler: SchedulerLike) {
    this.#scheduler = scheduler;
  }

  /** In one copy: an hour on the air is 180 000 packets. */
  note(event: OwnEvent, userId: Snowflake, guildId: Snowflake): void {
    this.entries.push({ ...event, userId, guildId, at: this.#scheduler.now() });
  }
}
