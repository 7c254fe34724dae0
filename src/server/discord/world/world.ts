/** The whole state: the bot's account, its guilds, and their members. Changes are emitted as dispatches of the bot gateway. */
import { Subject, type Observable } from 'rxjs';
import type { Snowflake } from '../../../types.js';
import { ApiError } from '../plain/api-error.js';
import type { Snowflakes } from '../plain/snowflakes.js';
import { CommandBook } from './command-book.js';
import { Interactions } from './interactions.js';
import { MessageBook } from './message-book.js';
import type { ChannelRecord, GuildRecord, MemberRecord, UserRecord } from './records.js';

/** An event for the shards. */
export interface Dispatch {
  readonly t: string;
  readonly d: object;
  /** The guild whose shard gets it; null: shard 0, as with direct messages. */
  readonly guildId: Snowflake | null;
  /** The user who caused it or whom it concerns. The bot's own messages always keep their content. */
  readonly userId?: Snowflake;
}

/** Finds records by their ids, and emits dispatches. The code that makes a change dispatches it: see the other files in this folder. */
export class World {
  readonly guilds = new Map<Snowflake, GuildRecord>();
  /** Channels of direct messages, by the id of the other user. */
  readonly directChannels = new Map<Snowflake, ChannelRecord>();
  readonly users = new Map<Snowflake, UserRecord>();
  readonly messages = new MessageBook();
  readonly commands = new CommandBook();
  readonly interactions = new Interactions();
  #quiet = false;
  readonly #dispatches = new Subject<Dispatch>();
  readonly dispatches$: Observable<Dispatch> = this.#dispatches.asObservable();

  /** @param owner the owner of the application */
  constructor(
    readonly ids: Snowflakes,
    readonly bot: UserRecord,
    readonly owner: UserRecord,
  ) {
    for (const user of [bot, owner]) this.users.set(user.id, user);
  }

  /** Runs a function without dispatches: a guild is built before it is announced. */
  quietly<T>(build: () => T): T {
    this.#quiet = true;
    try {
      return build();
    } finally {
      this.#quiet = false;
    }
  }

  /** Sends a dispatch to the shards. */
  tell(t: string, guildId: Snowflake | null, d: object, userId?: Snowflake): void {
    if (this.#quiet) return;
    this.#dispatches.next({ t, d, guildId, ...(userId === undefined ? {} : { userId }) });
  }

  /** @throws ApiError if the bot is not in such a guild, or the guild is unavailable */
  guild(guildId: Snowflake): GuildRecord {
    const guild = this.guilds.get(guildId);
    if (guild === undefined || guild.unavailable) throw new ApiError('unknown guild');
    return guild;
  }

  /** @throws ApiError */
  member(guildId: Snowflake, userId: Snowflake): MemberRecord {
    const member = this.guild(guildId).members.get(userId);
    if (member === undefined) throw new ApiError(this.users.has(userId) ? 'unknown member' : 'unknown user');
    return member;
  }

  /** The bot as a member of a guild. @throws ApiError */
  me(guildId: Snowflake): MemberRecord {
    return this.member(guildId, this.bot.id);
  }

  findChannel(channelId: Snowflake): ChannelRecord | undefined {
    for (const guild of this.guilds.values()) {
      const channel = guild.channels.get(channelId);
      if (channel !== undefined) return channel;
    }
    return [...this.directChannels.values()].find(({ id }) => id === channelId);
  }

  /** @throws ApiError */
  channel(channelId: Snowflake): ChannelRecord {
    const channel = this.findChannel(channelId);
    if (channel === undefined) throw new ApiError('unknown channel');
    return channel;
  }

  /** Ends the dispatches, and the waits for answers to interactions. */
  complete(): void {
    this.interactions.close();
    this.#dispatches.complete();
  }
}
