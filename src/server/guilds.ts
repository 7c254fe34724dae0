/** What stands behind the channels of a voice server, where somebody else knows it. */
import type { Snowflake } from '../types.js';

/** Who is to be in which channel. */
export interface MembershipIds {
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
  readonly userId: Snowflake;
}

/** What permissions and moderators have made of a member's voice. */
export interface Silencing {
  /** In the audience of a stage, or without the permission to speak: not to be heard. */
  readonly suppressed: boolean;
  /** Muted by a moderator, in the whole guild: not to be heard. */
  readonly muted: boolean;
  /** Deafened by a moderator, in the whole guild: not to hear. */
  readonly deafened: boolean;
}

/** Who knows more of the guilds than a voice server does. */
export interface VoiceGuilds {
  /** Whether a channel is a stage. */
  isStage(channelId: Snowflake): boolean;
  /** The session id of the user's bot gateway on the shard of a guild; undefined for who has none. */
  sessionId(userId: Snowflake, guildId: Snowflake): string | undefined;
  /** How a user comes into a channel. In the audience of a stage is everybody at first. */
  arrival(ids: MembershipIds): Silencing;
}
