/** The data of the world: plain records, changed only by the files in this folder. */
import type { VoiceStateEvent } from '../../gateway/payloads.js';
import type { Snowflake } from '../../../types.js';
import type { Overwrite } from '../plain/permissions.js';

/** An account. */
export interface UserRecord {
  readonly id: Snowflake;
  username: string;
  readonly globalName: string | null;
  readonly bot: boolean;
}

/** A role of a guild. The role of everyone has the guild's id. */
export interface RoleRecord {
  readonly id: Snowflake;
  name: string;
  permissions: bigint;
  readonly position: number;
  /** Whether it belongs to an application. */
  readonly managed: boolean;
}

/** A channel of a guild, or of direct messages. */
export interface ChannelRecord {
  readonly id: Snowflake;
  /** Null: direct messages. */
  readonly guildId: Snowflake | null;
  /** See CHANNEL_TYPES. */
  readonly type: number;
  name: string;
  readonly position: number;
  parentId: Snowflake | null;
  topic: string | null;
  bitrate: number;
  /** 0: no limit. */
  userLimit: number;
  /** Null: chosen by Discord. */
  rtcRegion: string | null;
  overwrites: Overwrite[];
  lastMessageId: Snowflake | null;
  /** The other user of direct messages. */
  readonly recipient?: UserRecord;
}

/** A user in a guild. */
export interface MemberRecord {
  readonly user: UserRecord;
  readonly guildId: Snowflake;
  nick: string | null;
  roles: Snowflake[];
  readonly joinedAt: string;
  /** By a moderator. */
  mute: boolean;
  deaf: boolean;
}

/** An open stage. */
export interface StageRecord {
  readonly id: Snowflake;
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
  topic: string;
}

/** A guild with all its content. */
export interface GuildRecord {
  readonly id: Snowflake;
  name: string;
  readonly ownerId: Snowflake;
  readonly joinedAt: string;
  /** Whether it is unavailable because of an outage. */
  unavailable: boolean;
  readonly roles: Map<Snowflake, RoleRecord>;
  readonly channels: Map<Snowflake, ChannelRecord>;
  readonly members: Map<Snowflake, MemberRecord>;
  /** By user. */
  readonly voiceStates: Map<Snowflake, VoiceStateEvent>;
  /** By channel. */
  readonly stages: Map<Snowflake, StageRecord>;
}

/** A message with all its content. */
export interface MessageRecord {
  readonly id: Snowflake;
  readonly channelId: Snowflake;
  readonly guildId: Snowflake | null;
  readonly author: UserRecord;
  content: string;
  editedAt: string | null;
  /** Bit 6: only the user who gave the command sees it. Bit 7: the bot is thinking. */
  flags: number;
  embeds: readonly unknown[];
  components: readonly unknown[];
  readonly attachments: readonly object[];
  readonly replyTo: Snowflake | null;
  /** The interaction that it answers. */
  readonly interaction: InteractionNote | null;
  readonly nonce: string | number | null;
}

/** The part of a message about the interaction that it answers. */
export interface InteractionNote {
  readonly id: Snowflake;
  readonly type: number;
  readonly name: string;
  readonly user: UserRecord;
}

/** A command that the application has registered, as it was sent, with its ids. */
export interface CommandRecord {
  readonly id: Snowflake;
  /** Null: in every guild. */
  readonly guildId: Snowflake | null;
  readonly name: string;
  /** 1: slash command; 2 and 3: of a user and of a message. */
  readonly type: number;
  /** The definition as it was sent. */
  readonly definition: Readonly<Record<string, unknown>>;
  readonly version: Snowflake;
}
