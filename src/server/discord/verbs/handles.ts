/** What is to be done with a pretended guild, and with what is in it: the handles that `discord.guild()` gives. */
import type { Observable } from 'rxjs';
import type { VoiceStateEvent } from '../../gateway/payloads.js';
import type { FrameInput } from '../../../media/send/play-options.js';
import type { Snowflake, VoicePacket } from '../../../types.js';
import type { ChannelKind } from '../plain/channel-types.js';
import type { Permission } from '../plain/permissions.js';
import type { MessagePayload } from '../world/message-payloads.js';

/** A role or a member: whoever permissions are for. */
export interface Permitted {
  readonly id: Snowflake;
  /** Whether it is a member; else a role. */
  readonly isMember: boolean;
}

/** What can be changed about a channel. */
export interface ChannelChange {
  readonly name?: string;
  /** 0: no limit. */
  readonly userLimit?: number;
  readonly topic?: string | null;
}

/** What happens to a channel, in Discord's words. */
export interface Channel {
  readonly id: Snowflake;
  readonly name: string;
  /** Everything said in it, the oldest first, without what only one user sees. */
  readonly messages: readonly MessagePayload[];
  /** CHANNEL_UPDATE. Who is in it stays, also beyond a new limit. */
  edit(change: ChannelChange): void;
  /** Allows a role or a member something here, whatever it may elsewhere. @throws RangeError for a permission that there is not */
  allow(whom: Permitted, ...permissions: readonly Permission[]): void;
  /** Takes something from a role or a member here. @throws RangeError for a permission that there is not */
  deny(whom: Permitted, ...permissions: readonly Permission[]): void;
  /** CHANNEL_DELETE; everybody in it is thrown out, and voice WebSockets close with 4022. */
  delete(): void;
}

/** What may be done by who holds it. */
export interface Role extends Permitted {
  readonly name: string;
  /** GUILD_ROLE_UPDATE: whoever holds it may this too. @throws RangeError for a permission that there is not */
  grant(...permissions: readonly Permission[]): void;
  /** GUILD_ROLE_UPDATE: whoever holds it may this no more. @throws RangeError for a permission that there is not */
  revoke(...permissions: readonly Permission[]): void;
}

/** Somebody in a pretended guild, the bot too. Whoever does something to them is not asked for permissions: it is somebody who may. */
export interface GuildMember extends Permitted {
  readonly name: string;
  /** The voice state, as VOICE_STATE_UPDATE told it last; undefined outside of voice. */
  readonly voiceState: VoiceStateEvent | undefined;
  /** To another voice channel; nothing outside of voice. */
  move(channel: { readonly id: Snowflake }): void;
  /** Out of voice: 4014, or 4022 where nobody else is in the channel. The member stays in the guild. */
  kick(): void;
  /** Mutes for everybody, in the whole guild; `false` lets it be. Default true. */
  mute(on?: boolean): void;
  /** Deafens, in the whole guild; `false` lets it be. Default true. */
  deafen(on?: boolean): void;
  /** In a stage: into the audience, or with `false` to the speakers. Elsewhere nothing. Default true. */
  suppress(on?: boolean): void;
  /** Gives a role. */
  give(role: { readonly id: Snowflake }): void;
  /** Takes a role. */
  take(role: { readonly id: Snowflake }): void;
  /** Out of the guild, and out of its voice. */
  remove(): void;
}

/** A choice that a bot suggests for an option. */
export interface Suggestion {
  readonly name: string;
  readonly value: string | number;
}

/** Everything that a person with a client can do. */
export interface Member extends GuildMember {
  /**
   * Joins a voice channel with a real voice session, or moves there. Resolves when it is ready.
   * @throws MemberError where the member may not, or the channel is full: says which
   */
  join(channel: { readonly id: Snowflake }): Promise<void>;
  /** Leaves voice. */
  leave(): void;
  /** Speaks: resolves when the last of the frames is on its way. @throws MemberError outside of voice */
  speak(frames: FrameInput): Promise<void>;
  /** What this member hears, of everybody or of one. Hot. @throws MemberError outside of voice */
  hear(who?: { readonly id: Snowflake }): Observable<VoicePacket>;
  /**
   * Writes a message; what begins with a slash is a command, with its options as `name: value` or in their order. Resolves with the message
   * written, or with the bot's answer: after a deferred one, with what it comes to say.
   *
   * @param where default: the first channel of the guild that can be written in
   * @throws MemberError for a command or an option that is not registered, and when the bot does not answer in time
   */
  say(text: string, where?: { readonly id: Snowflake }): Promise<MessagePayload>;
  /**
   * Presses a button, or chooses from a menu. Resolves with the answer: a new message, or the one pressed on.
   * @throws MemberError when the bot does not answer in time; RangeError for a component that is not there
   */
  press(message: MessagePayload, customId: string, values?: readonly string[]): Promise<MessagePayload>;
  /** What the bot suggests for the option that a command line ends in. @throws MemberError as {@link Member.say} */
  suggestions(line: string, where?: { readonly id: Snowflake }): Promise<readonly Suggestion[]>;
}

/** What a new channel is. */
export interface ChannelOptions {
  /** Default `text`. */
  readonly kind?: Exclude<ChannelKind, 'dm'>;
  /** Members at once in a voice channel; 0: no limit. Default 0. */
  readonly userLimit?: number;
  /** Default: a new one. */
  readonly id?: Snowflake;
}

/** Who a new member is. */
export interface MemberOptions {
  /** Default: none but that of everybody. */
  readonly roles?: readonly { readonly id: Snowflake }[];
  /** Default: a new one. */
  readonly id?: Snowflake;
}

/** Channels, members and roles by their names. The first of a name counts. */
export interface Guild {
  readonly id: Snowflake;
  readonly name: string;
  /** The bot, as a member. */
  readonly bot: GuildMember;
  /** The role that everybody has. */
  readonly everyone: Role;
  /** The role of the bot alone: what was granted when it was invited. */
  readonly botRole: Role;
  /** @throws RangeError where there is none of that name */
  channel(name: string): Channel;
  /** @throws RangeError where there is none of that name */
  member(name: string): Member;
  /** CHANNEL_CREATE. */
  addChannel(name: string, options?: ChannelOptions): Channel;
  /** Somebody comes into the guild: GUILD_MEMBER_ADD. */
  addMember(name: string, options?: MemberOptions): Member;
  /** GUILD_ROLE_CREATE. @throws RangeError for a permission that there is not */
  addRole(name: string, ...permissions: readonly Permission[]): Role;
  /** GUILD_DELETE: the bot is in it no more, or it is deleted. Voice WebSockets close with 4022. */
  delete(): void;
  /** An outage: GUILD_DELETE with `unavailable`, and voice WebSockets close with 4022; with `false` GUILD_CREATE. Default true. */
  unavailable(on?: boolean): void;
  /** Another voice server for everybody in it: VOICE_SERVER_UPDATE, then 4014. Resolves with its endpoint. */
  changeRegion(): Promise<string>;
}
