/**
 * The payloads that a client sends, one reader per opcode: from the unknown `d` of a frame to a typed value, or to a text that says what is wrong
 * with it. Unknown fields are ignored. Source: Discord docs, Voice Connections.
 */
import { isIP } from '../../protocol/ip-address.js';
import { field, isSnowflake, type Read } from '../../protocol/payloads.js';
import type { Snowflake, SpeakingFlags } from '../../types.js';
import { isWhole } from '../whole-number.js';

/** Opcode 0. */
export interface IdentifyPayload {
  readonly guildId: Snowflake;
  readonly userId: Snowflake;
  readonly sessionId: string;
  /** A secret. */
  readonly token: string;
  /** The highest DAVE version the client speaks; 0 for none. */
  readonly maxDaveVersion: number;
  /** From version 9 on; null before. */
  readonly channelId: Snowflake | null;
}

/** Opcode 7. */
export interface ResumePayload {
  readonly guildId: Snowflake;
  readonly sessionId: string;
  /** A secret. */
  readonly token: string;
  /** The last sequence number seen; null for none. */
  readonly seqAck: number | null;
}

/** Opcode 1. */
export interface SelectPayload {
  readonly protocol: string;
  readonly mode: string;
  /** Where the client wants its packets sent; undefined if that is not an IP address and port. */
  readonly target: { readonly address: string; readonly port: number } | undefined;
}

/** Opcode 3. Before version 8 it is `bare`: an integer instead of an object. The ack has the same form as the heartbeat. */
export interface HeartbeatPayload {
  /** A `bigint` if larger than 2^53: arikawa sends nanoseconds. */
  readonly t: number | bigint;
  /** Null for -1, undefined if absent. */
  readonly seqAck: number | null | undefined;
  readonly bare: boolean;
}

/** Opcode 5. */
export interface SpeakingPayload {
  readonly speaking: SpeakingFlags;
  /** Undefined if the client does not send it: py-cord and discordgo never do. */
  readonly ssrc: number | undefined;
}

/** Opcode 0. */
export function readIdentify(d: unknown): Read<IdentifyPayload> {
  const guildId = field(d, 'server_id');
  const userId = field(d, 'user_id');
  const sessionId = field(d, 'session_id');
  const token = field(d, 'token');
  const maxDaveVersion = field(d, 'max_dave_protocol_version') ?? 0;
  if (!isSnowflake(guildId)) return 'server_id is not a snowflake';
  if (!isSnowflake(userId)) return 'user_id is not a snowflake';
  if (typeof sessionId !== 'string') return 'session_id is not a text';
  if (typeof token !== 'string') return 'token is not a text';
  if (!isWhole(maxDaveVersion, 0, 0xffff)) return 'max_dave_protocol_version is not a version';
  const channelId = field(d, 'channel_id') ?? null;
  if (channelId !== null && !isSnowflake(channelId)) return 'channel_id is not a snowflake';
  return { guildId, userId, sessionId, token, maxDaveVersion, channelId };
}

/** Opcode 7. An absent `seq_ack` means -1. */
export function readResume(d: unknown): Read<ResumePayload> {
  const guildId = field(d, 'server_id');
  const sessionId = field(d, 'session_id');
  const token = field(d, 'token');
  const seqAck = readSeqAck(d);
  if (!isSnowflake(guildId)) return 'server_id is not a snowflake';
  if (typeof sessionId !== 'string') return 'session_id is not a text';
  if (typeof token !== 'string') return 'token is not a text';
  if (seqAck === undefined) return 'seq_ack is not a sequence number';
  return { guildId, sessionId, token, seqAck };
}

/** Opcode 1. An unusable address is accepted here, because it is refused later with its own code. */
export function readSelect(d: unknown): Read<SelectPayload> {
  const protocol = field(d, 'protocol');
  const data = field(d, 'data');
  const mode = field(data, 'mode');
  const address = field(data, 'address');
  const port = field(data, 'port');
  if (typeof protocol !== 'string') return 'protocol is not a text';
  if (protocol === 'udp' && typeof mode !== 'string') return 'data.mode is not a text';
  const usable = typeof address === 'string' && isIP(address) && isWhole(port, 1, 0xffff);
  return { protocol, mode: typeof mode === 'string' ? mode : '', target: usable ? { address, port } : undefined };
}

/** Opcode 3, in either form. */
export function readHeartbeat(d: unknown): Read<HeartbeatPayload> {
  if (isTime(d)) return { t: d, seqAck: undefined, bare: true };
  const t = field(d, 't');
  const seqAck = readSeqAck(d);
  if (!isTime(t)) return 't is not an integer';
  if (seqAck === undefined) return 'seq_ack is not a sequence number';
  return { t, seqAck: field(d, 'seq_ack') === undefined ? undefined : seqAck, bare: false };
}

/** Opcode 5. `delay` is ignored: it is always 0. */
export function readClientSpeaking(d: unknown): Read<SpeakingPayload> {
  const speaking = field(d, 'speaking');
  const ssrc = field(d, 'ssrc') ?? undefined;
  // Versions before 5 sent a boolean.
  const flags = typeof speaking === 'boolean' ? Number(speaking) : speaking;
  if (!isWhole(flags, 0, 0xff)) return 'speaking is not a set of flags';
  if (ssrc !== undefined && !isWhole(ssrc, 0, 0xffffffff)) return 'ssrc is not an unsigned 32-bit integer';
  return { speaking: flags, ssrc };
}

/** Null for -1 or an absent value; undefined for a value that is not a sequence number. */
function readSeqAck(d: unknown): number | null | undefined {
  const value = field(d, 'seq_ack') ?? -1;
  if (!isWhole(value, -1, 0xffff)) return undefined;
  return value < 0 ? null : value;
}

function isTime(value: unknown): value is number | bigint {
  return Number.isSafeInteger(value) || typeof value === 'bigint';
}
