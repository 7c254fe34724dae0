/** Who is in which channel, and with which credentials: the knowledge of Discord's bot gateway. */
import type { MembershipIds, Silencing, VoiceGuilds } from '../guilds.js';
import type { Snowflake } from '../../types.js';

/** One user's place in a channel of one guild. */
export interface Membership {
  readonly guildId: Snowflake;
  readonly userId: Snowflake;
  /** A move changes it. */
  channelId: Snowflake;
  /** The session id of the user's bot gateway: kept over moves, new after a leave, and when the bot gateway has a new session. */
  sessionId: string;
  /** Valid for one Identify; every VOICE_SERVER_UPDATE has a new one. A secret. */
  token: string;
  /** Whether an Identify has used the token up. */
  tokenUsed: boolean;
  /** Whether the bot gateway has a new session: no voice server is sent until it asks again, by op 4. */
  awaitsCommand: boolean;
  selfMute: boolean;
  selfDeaf: boolean;
  /** Whether the user is in the audience of a stage: not forwarded to others. */
  suppressed: boolean;
  /** Whether a moderator has muted the user in this guild: not forwarded to others. */
  muted: boolean;
  /** Whether a moderator has deafened the user in this guild: gets no audio. */
  deafened: boolean;
  /** When the user joined this channel, in ms since 1970. */
  connectedAt: number;
}

/** Settings of a directory. */
export interface DirectorySettings {
  readonly random: (bytes: number) => Uint8Array;
  readonly wallClock: () => number;
  /** Channels that are stages: everybody joins in the audience. */
  readonly stages: readonly Snowflake[];
  /** Default: none. Then everybody is forwarded except the audience of a stage. */
  readonly guilds?: VoiceGuilds | undefined;
}

/** Memberships by guild and user, their tokens, and which guilds have a voice server. */
export class Directory {
  readonly #memberships = new Map<string, Membership>();
  readonly #formerSessions = new Map<string, string>();
  readonly #guildsWithoutServer = new Set<Snowflake>();
  #secrets = 0;

  constructor(private readonly settings: DirectorySettings) {}

  /** The user's membership in a guild; a user is in at most one channel of a guild. */
  find(guildId: Snowflake, userId: Snowflake): Membership | undefined {
    return this.#memberships.get(keyOf(guildId, userId));
  }

  get all(): readonly Membership[] {
    return [...this.#memberships.values()];
  }

  ofGuild(guildId: Snowflake): readonly Membership[] {
    return this.all.filter((membership) => membership.guildId === guildId);
  }

  ofUser(userId: Snowflake): readonly Membership[] {
    return this.all.filter((membership) => membership.userId === userId);
  }

  /** A new membership, or the user's current one in that guild, moved. The caller renews the token. */
  enter({ guildId, channelId, userId }: MembershipIds): Membership {
    let membership = this.find(guildId, userId);
    if (membership === undefined) {
      const sessionId = this.#sessionId(userId, guildId);
      membership = {
        guildId, userId, channelId, sessionId, token: '', tokenUsed: true, awaitsCommand: false, selfMute: false, selfDeaf: false,
        ...this.#arrival({ guildId, channelId, userId }),
      }; // prettier-ignore
      this.#memberships.set(keyOf(guildId, userId), membership);
    }
    if (membership.channelId !== channelId) Object.assign(membership, this.#arrival({ guildId, channelId, userId }));
    membership.channelId = channelId;
    return membership;
  }

  /** Sets a new token; the previous one is invalid from now on. */
  renewToken(membership: Membership): void {
    membership.token = this.#secret(8);
    membership.tokenUsed = false;
  }

  /** Sets a new session id; the previous token is invalid from now on. */
  renewSession(membership: Membership): void {
    this.#formerSessions.set(keyOf(membership.guildId, membership.userId), membership.sessionId);
    membership.sessionId = this.#sessionId(membership.userId, membership.guildId);
    // Marking the token as used is not enough, because used tokens may be accepted again. So replace it with one that nobody is sent.
    this.renewToken(membership);
  }

  /** The session id that the user had in a guild before the current one, or before leaving; undefined for none. */
  formerSession(guildId: Snowflake, userId: Snowflake): string | undefined {
    return this.#formerSessions.get(keyOf(guildId, userId));
  }

  remove(membership: Membership): void {
    this.#formerSessions.set(keyOf(membership.guildId, membership.userId), membership.sessionId);
    this.#memberships.delete(keyOf(membership.guildId, membership.userId));
  }

  isStage(channelId: Snowflake): boolean {
    return this.settings.stages.includes(channelId) || (this.settings.guilds?.isStage(channelId) ?? false);
  }

  /** Whether the guild has a voice server now; otherwise `endpoint` is null. */
  hasServer(guildId: Snowflake): boolean {
    return !this.#guildsWithoutServer.has(guildId);
  }

  setHasServer(guildId: Snowflake, has: boolean): void {
    if (has) this.#guildsWithoutServer.delete(guildId);
    else this.#guildsWithoutServer.add(guildId);
  }

  #arrival(ids: MembershipIds): Silencing & Pick<Membership, 'connectedAt'> {
    const told = this.settings.guilds?.arrival(ids) ?? { suppressed: false, muted: false, deafened: false };
    return { ...told, suppressed: told.suppressed || this.isStage(ids.channelId), connectedAt: this.settings.wallClock() };
  }

  #sessionId(userId: Snowflake, guildId: Snowflake): string {
    return this.settings.guilds?.sessionId(userId, guildId) ?? this.#secret(16);
  }

  /** Unique even if a test makes `random` constant. */
  #secret(bytes: number): string {
    return `${Buffer.from(this.settings.random(bytes)).toString('hex')}${(++this.#secrets).toString(16)}`;
  }
}

function keyOf(guildId: Snowflake, userId: Snowflake): string {
  return `${guildId}/${userId}`;
}
