/** What the world is made of: plain data, changed by nobody but the files beside this one. */
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

/** A role of a guild. That of everyone has the guild's id. */
export interface RoleRecord {
  readonly id: Snowflake;
  name: string;
  permissions: bigint;
  readonly position: number;
  /** Whether it is an application's own. */
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
  /** Whom direct messages are with. */
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

/** A stage that is open. */
export interface StageRecord {
  readonly id: Snowflake;
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
  topic: string;
}

/** A guild with all that is in it. */
export interface GuildRecord {
  readonly id: Snowflake;
  name: string;
  readonly ownerId: Snowflake;
  readonly joinedAt: string;
  /** Whether Discord has lost it for a while. */
  unavailable: boolean;
  readonly roles: Map<Snowflake, RoleRecord>;
  readonly channels: Map<Snowflake, ChannelRecord>;
  readonly members: Map<Snowflake, MemberRecord>;
  /** By user. */
  readonly voiceStates: Map<Snowflake, VoiceStateEvent>;
  /** By channel. */
  readonly stages: Map<Snowflake, StageRecord>;
}

/** A message, as whoever may read all of it is told. */
export interface MessageRecord {
  readonly id: Snowflake;
  readonly channelId: Snowflake;
  readonly guildId: Snowflake | null;
  readonly author: UserRecord;
  content: string;
  editedAt: string | null;
  /** Bit 6: only who gave the command sees it. Bit 7: the bot is thinking. */
  flags: number;
  embeds: readonly unknown[];
  components: readonly unknown[];
  readonly attachments: readonly object[];
  readonly replyTo: Snowflake | null;
  /** What it answers. */
  readonly interaction: InteractionNote | null;
  readonly nonce: string | number | null;
}

/** What a message says of the interaction that it answers. */
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
  /** All that was sent. */
  readonly definition: Readonly<Record<string, unknown>>;
  readonly version: Snowflake;
}
