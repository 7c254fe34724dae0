/** All that there is: the bot's account, its guilds, and everybody in them. What changes is told as the bot gateway tells it. */
import { Subject, type Observable } from 'rxjs';
import type { Snowflake } from '../../../types.js';
import { ApiError } from '../plain/api-error.js';
import type { Snowflakes } from '../plain/snowflakes.js';
import { CommandBook } from './command-book.js';
import { Interactions } from './interactions.js';
import { MessageBook } from './message-book.js';
import type { ChannelRecord, GuildRecord, MemberRecord, UserRecord } from './records.js';

/** Something for the shards to be told. */
export interface Dispatch {
  readonly t: string;
  readonly d: object;
  /** The guild whose shard is told; null: shard 0, as with direct messages. */
  readonly guildId: Snowflake | null;
  /** Who brought it about or is meant: the bot's own messages are never without their content. */
  readonly userId?: Snowflake;
}

/** Finds things by their ids, and tells of changes. Who changes something tells of it: see the files beside this one. */
export class World {
  readonly guilds = new Map<Snowflake, GuildRecord>();
  /** Channels of direct messages, by whom they are with. */
  readonly directChannels = new Map<Snowflake, ChannelRecord>();
  readonly users = new Map<Snowflake, UserRecord>();
  readonly messages = new MessageBook();
  readonly commands = new CommandBook();
  readonly interactions = new Interactions();
  #quiet = false;
  readonly #dispatches = new Subject<Dispatch>();
  readonly dispatches$: Observable<Dispatch> = this.#dispatches.asObservable();

  /** @param owner of the application */
  constructor(
    readonly ids: Snowflakes,
    readonly bot: UserRecord,
    readonly owner: UserRecord,
  ) {
    for (const user of [bot, owner]) this.users.set(user.id, user);
  }

  /** Runs what nobody is to be told of: a guild is built before it is there. */
  quietly<T>(build: () => T): T {
    this.#quiet = true;
    try {
      return build();
    } finally {
      this.#quiet = false;
    }
  }

  /** Tells the shards. */
  tell(t: string, guildId: Snowflake | null, d: object, userId?: Snowflake): void {
    if (this.#quiet) return;
    this.#dispatches.next({ t, d, guildId, ...(userId === undefined ? {} : { userId }) });
  }

  /** @throws ApiError where the bot is in no such guild, or Discord has lost it for a while */
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

  /** No more is told, and nobody waits for an answer. */
  complete(): void {
    this.interactions.close();
    this.#dispatches.complete();
  }
}
