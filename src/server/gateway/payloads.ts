/** The payloads of the bot gateway about voice, and its one command. Source: Discord docs, Gateway Events. */
import { GatewayOp } from '../../protocol/opcodes.js';
import { parseExactJson } from '../../protocol/exact-json.js';
import { field, isSnowflake } from '../../protocol/payloads.js';
import type { Snowflake } from '../../types.js';
import type { Membership } from '../sessions/directory.js';
import { guildMember, type GuildMemberEvent } from './guild-member.js';

/** `d` of VOICE_STATE_UPDATE. */
export interface VoiceStateEvent {
  readonly guild_id: Snowflake;
  /** Null: not in a channel (any more). */
  readonly channel_id: Snowflake | null;
  readonly user_id: Snowflake;
  /** The member; JDA reads it. */
  readonly member: GuildMemberEvent;
  readonly session_id: string;
  readonly deaf: boolean;
  readonly mute: boolean;
  readonly self_deaf: boolean;
  readonly self_mute: boolean;
  readonly self_video: boolean;
  /** In the audience of a stage. */
  readonly suppress: boolean;
  /** ISO 8601; null outside of channels. */
  readonly connected_at: string | null;
  readonly request_to_speak_timestamp: null;
}

/** `d` of VOICE_SERVER_UPDATE. */
export interface VoiceServerEvent {
  /** A secret. */
  readonly token: string;
  readonly guild_id: Snowflake;
  /** Null: the server went away, and another will follow. */
  readonly endpoint: string | null;
}

/** `d` of READY, only the fields related to voice. */
export interface ReadyEvent {
  readonly v: 10;
  readonly user: { readonly id: Snowflake; readonly bot: true };
  readonly guilds: readonly never[];
  readonly session_id: string;
  /** The number of the shard, and of shards in total. */
  readonly shard: readonly [number, number];
}

/** What an op 4 command asks for. */
export interface VoiceStateRequest {
  readonly guildId: Snowflake;
  /** Null: leave. */
  readonly channelId: Snowflake | null;
  readonly selfMute: boolean;
  readonly selfDeaf: boolean;
}

/** `channelId` is the membership's, or null for the event that ends the membership. */
export function voiceStateEvent(membership: Membership, channelId: Snowflake | null): VoiceStateEvent {
  return {
    guild_id: membership.guildId,
    channel_id: channelId,
    user_id: membership.userId,
    member: guildMember(membership.userId),
    session_id: membership.sessionId,
    deaf: membership.deafened,
    mute: membership.muted,
    self_deaf: membership.selfDeaf,
    self_mute: membership.selfMute,
    self_video: false,
    suppress: channelId !== null && membership.suppressed,
    connected_at: channelId === null ? null : new Date(membership.connectedAt).toISOString(),
    request_to_speak_timestamp: null,
  };
}

/** The echo of a leave, for a membership that has ended, or never existed. */
export function leaveEvent(guildId: Snowflake, userId: Snowflake, sessionId: string): VoiceStateEvent {
  const flags = {
    token: '', tokenUsed: true, awaitsCommand: false, selfMute: false, selfDeaf: false,
    suppressed: false, muted: false, deafened: false, connectedAt: 0,
  }; // prettier-ignore
  return voiceStateEvent({ guildId, userId, channelId: '0', sessionId, ...flags }, null);
}

/** Has the membership's current token. */
export function voiceServerEvent(membership: Membership, endpoint: string | null): VoiceServerEvent {
  return { token: membership.token, guild_id: membership.guildId, endpoint };
}

/**
 * The request in a command; undefined if it is not a valid op 4. Absent flags are false. Ids may be numbers, which discord.py, disnake and py-cord
 * send. A JavaScript number beyond 2^53 has lost its last digits, so such an id is accepted only in the JSON text of a command, or as a `bigint`.
 */
export function readVoiceStateCommand(given: unknown): VoiceStateRequest | undefined {
  const command = typeof given === 'string' ? parsed(given) : given;
  const d = field(command, 'd');
  const guildId = digits(field(d, 'guild_id'));
  const channelId = digits(field(d, 'channel_id'));
  const selfMute = field(d, 'self_mute') ?? false;
  const selfDeaf = field(d, 'self_deaf') ?? false;
  if (field(command, 'op') !== GatewayOp.VoiceStateUpdate || !isSnowflake(guildId)) return undefined;
  if (channelId !== null && !isSnowflake(channelId)) return undefined;
  if (typeof selfMute !== 'boolean' || typeof selfDeaf !== 'boolean') return undefined;
  return { guildId, channelId, selfMute, selfDeaf };
}

function parsed(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    return undefined;
  }
}

/** A whole number as text; every other value unchanged. */
function digits(value: unknown): unknown {
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? String(value) : value;
}
