/** Facts about the channels of a voice server that another component knows. */
import type { Snowflake } from '../types.js';

/** A user and the channel to be in. */
export interface MembershipIds {
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
  readonly userId: Snowflake;
}

/** The effect of permissions and moderators on a member's voice. */
export interface Silencing {
  /** In the audience of a stage, or without the permission to speak: not forwarded to others. */
  readonly suppressed: boolean;
  /** Muted by a moderator, in the whole guild: not forwarded to others. */
  readonly muted: boolean;
  /** Deafened by a moderator, in the whole guild: gets no audio. */
  readonly deafened: boolean;
}

/** A source of facts about guilds that a voice server does not have. */
export interface VoiceGuilds {
  /** Whether a channel is a stage. */
  isStage(channelId: Snowflake): boolean;
  /** The session id of the user's bot gateway on the shard of a guild; undefined if the user has none. */
  sessionId(userId: Snowflake, guildId: Snowflake): string | undefined;
  /** How a user enters a channel. In a stage everybody starts in the audience. */
  arrival(ids: MembershipIds): Silencing;
}
