/** The handles that `discord.guild()` returns: what tests can do with a simulated guild and its content. */
import type { Observable } from 'rxjs';
import type { VoiceStateEvent } from '../../gateway/payloads.js';
import type { FrameInput } from '../../../media/send/play-options.js';
import type { Snowflake, VoicePacket } from '../../../types.js';
import type { ChannelKind } from '../plain/channel-types.js';
import type { Permission } from '../plain/permissions.js';
import type { MessagePayload } from '../world/message-payloads.js';

/** A role or a member, to which permissions apply. */
export interface Permitted {
  readonly id: Snowflake;
  /** True for a member, false for a role. */
  readonly isMember: boolean;
}

/** What can be changed about a channel. */
export interface ChannelChange {
  readonly name?: string;
  /** 0: no limit. */
  readonly userLimit?: number;
  readonly topic?: string | null;
}

/** What can be done to a channel. Terms are those of Discord. */
export interface Channel {
  readonly id: Snowflake;
  readonly name: string;
  /** Every message in it, the oldest first, without ephemeral ones. */
  readonly messages: readonly MessagePayload[];
  /** CHANNEL_UPDATE. Members in it stay, even above a new limit. */
  edit(change: ChannelChange): void;
  /** Allows permissions for a role or a member in this channel, whatever applies elsewhere. @throws RangeError for an unknown permission */
  allow(whom: Permitted, ...permissions: readonly Permission[]): void;
  /** Denies permissions for a role or a member in this channel. @throws RangeError for an unknown permission */
  deny(whom: Permitted, ...permissions: readonly Permission[]): void;
  /** CHANNEL_DELETE. Everybody in it is removed, and voice WebSockets close with 4022. */
  delete(): void;
}

/** The permissions of its holders. */
export interface Role extends Permitted {
  readonly name: string;
  /** GUILD_ROLE_UPDATE: gives its holders these permissions. @throws RangeError for an unknown permission */
  grant(...permissions: readonly Permission[]): void;
  /** GUILD_ROLE_UPDATE: takes these permissions from its holders. @throws RangeError for an unknown permission */
  revoke(...permissions: readonly Permission[]): void;
}

/** A member of a simulated guild, or the bot. These actions check no permissions: they act as a moderator who has them. */
export interface GuildMember extends Permitted {
  readonly name: string;
  /** The voice state of the last VOICE_STATE_UPDATE; undefined if not in voice. */
  readonly voiceState: VoiceStateEvent | undefined;
  /** Moves to another voice channel; does nothing if not in voice. */
  move(channel: { readonly id: Snowflake }): void;
  /** Disconnects from voice: 4014, or 4022 if nobody else is in the channel. The member stays in the guild. */
  kick(): void;
  /** Mutes for everybody, in the whole guild; `false` ends that. Default true. */
  mute(on?: boolean): void;
  /** Deafens, in the whole guild; `false` ends that. Default true. */
  deafen(on?: boolean): void;
  /** In a stage: moves into the audience, or with `false` to the speakers. Does nothing elsewhere. Default true. */
  suppress(on?: boolean): void;
  /** Gives a role. */
  give(role: { readonly id: Snowflake }): void;
  /** Takes a role. */
  take(role: { readonly id: Snowflake }): void;
  /** Removes from the guild, and from its voice. */
  remove(): void;
}

/** A choice that a bot suggests for an option. */
export interface Suggestion {
  readonly name: string;
  readonly value: string | number;
}

/** What a person with a Discord client can do. */
export interface Member extends GuildMember {
  /**
   * Joins a voice channel with a real voice session, or moves there. Resolves when it is ready.
   * @throws MemberError if the member has no permission, or the channel is full: the message says which
   */
  join(channel: { readonly id: Snowflake }): Promise<void>;
  /** Leaves voice. */
  leave(): void;
  /** Speaks. Resolves when the last of the frames is sent. @throws MemberError if not in voice */
  speak(frames: FrameInput): Promise<void>;
  /** The audio that this member hears, from everybody or from one. Hot. @throws MemberError if not in voice */
  hear(who?: { readonly id: Snowflake }): Observable<VoicePacket>;
  /**
   * Writes a message. A text that begins with a slash is a command, with its options as `name: value` or in their order. Resolves with the message
   * written, or with the bot's answer. A deferred answer resolves when it has its content.
   *
   * @param where default: the first channel of the guild that takes messages
   * @throws MemberError for an unregistered command or option, and if the bot does not answer in time
   */
  say(text: string, where?: { readonly id: Snowflake }): Promise<MessagePayload>;
  /**
   * Presses a button, or chooses from a menu. Resolves with the answer: a new message, or the pressed one.
   * @throws MemberError if the bot does not answer in time; RangeError for a component that does not exist
   */
  press(message: MessagePayload, customId: string, values?: readonly string[]): Promise<MessagePayload>;
  /** The bot's suggestions for the last option of a command line. @throws MemberError as {@link Member.say} */
  suggestions(line: string, where?: { readonly id: Snowflake }): Promise<readonly Suggestion[]>;
}

/** Options of a new channel. */
export interface ChannelOptions {
  /** Default `text`. */
  readonly kind?: Exclude<ChannelKind, 'dm'>;
  /** The maximum number of members in a voice channel; 0: no limit. Default 0. */
  readonly userLimit?: number;
  /** Default: a new one. */
  readonly id?: Snowflake;
}

/** Options of a new member. */
export interface MemberOptions {
  /** Default: only the role of everyone. */
  readonly roles?: readonly { readonly id: Snowflake }[];
  /** Default: a new one. */
  readonly id?: Snowflake;
}

/** Channels, members and roles by their names. If a name occurs twice, the first is used. */
export interface Guild {
  readonly id: Snowflake;
  readonly name: string;
  /** The bot, as a member. */
  readonly bot: GuildMember;
  /** The role that everybody has. */
  readonly everyone: Role;
  /** The bot's own role, with what was granted when it was invited. */
  readonly botRole: Role;
  /** @throws RangeError for an unknown name */
  channel(name: string): Channel;
  /** @throws RangeError for an unknown name */
  member(name: string): Member;
  /** CHANNEL_CREATE. */
  addChannel(name: string, options?: ChannelOptions): Channel;
  /** Adds a member to the guild: GUILD_MEMBER_ADD. */
  addMember(name: string, options?: MemberOptions): Member;
  /** GUILD_ROLE_CREATE. @throws RangeError for an unknown permission */
  addRole(name: string, ...permissions: readonly Permission[]): Role;
  /** GUILD_DELETE: the bot has left it, or it is deleted. Voice WebSockets close with 4022. */
  delete(): void;
  /** Simulates an outage: GUILD_DELETE with `unavailable`, and voice WebSockets close with 4022. `false` sends GUILD_CREATE. Default true. */
  unavailable(on?: boolean): void;
  /** Moves everybody in it to another voice server: VOICE_SERVER_UPDATE, then 4014. Resolves with its endpoint. */
  changeRegion(): Promise<string>;
}
