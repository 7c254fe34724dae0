/**
 * What a server sends, one reader per opcode: from the unknown `d` of a frame to a typed value, or to a text that says what is
 * wrong with it. Unknown fields are ignored. Source: Discord docs, Voice Connections.
 */
import { SECRET_KEY_BYTES } from './encryption-modes.js';
import { isIP } from './ip-address.js';

/** A value, or what was wrong. */
export type Read<T> = T | string;

/** Opcode 8. */
export interface Hello {
  /** Milliseconds; may be fractional. */
  readonly heartbeatInterval: number;
  /** The server's gateway version, if it says so. */
  readonly version: number | undefined;
}

/** Opcode 2. */
export interface Ready {
  readonly ssrc: number;
  readonly ip: string;
  readonly port: number;
  readonly modes: readonly string[];
}

/** Opcode 4. */
export interface SessionDescription {
  readonly mode: string;
  /** 32 bytes. A secret. */
  readonly secretKey: Uint8Array;
  /** 0 when the call is not end-to-end encrypted. */
  readonly daveVersion: number;
}

/** Opcode 5, as the server sends it, and opcode 12, which also names the owner of an SSRC. */
export interface SpeakingUpdate {
  readonly userId: string;
  readonly ssrc: number;
  /** Undefined in opcode 12. */
  readonly speaking: number | undefined;
}

/** The longest delay of a Node timer; a longer one fires at once, and heartbeats would flood the server. */
const LONGEST_TIMER = 0x7fffffff;

export function readHello(d: unknown): Read<Hello> {
  const interval = field(d, 'heartbeat_interval');
  if (typeof interval !== 'number' || !(interval > 0) || interval > LONGEST_TIMER)
    return 'heartbeat_interval is not a positive number that a timer can wait for';
  const version = field(d, 'v');
  return { heartbeatInterval: interval, version: typeof version === 'number' ? version : undefined };
}

export function readReady(d: unknown): Read<Ready> {
  const ssrc = field(d, 'ssrc');
  const ip = field(d, 'ip');
  const port = field(d, 'port');
  const modes = field(d, 'modes');
  if (!isUint(ssrc, 0xffffffff)) return 'ssrc is not an unsigned 32-bit integer';
  if (typeof ip !== 'string' || !isIP(ip)) return 'ip is not an IP address';
  if (!isUint(port, 0xffff) || port === 0) return 'port is not a UDP port';
  if (!Array.isArray(modes)) return 'modes is not a list';
  return { ssrc, ip, port, modes: modes.filter((mode) => typeof mode === 'string') };
}

export function readSessionDescription(d: unknown): Read<SessionDescription> {
  const mode = field(d, 'mode');
  const key = field(d, 'secret_key');
  const daveVersion = field(d, 'dave_protocol_version') ?? 0;
  if (typeof mode !== 'string') return 'mode is not a text';
  if (!Array.isArray(key) || key.length !== SECRET_KEY_BYTES || !key.every((byte) => isUint(byte, 255)))
    return `secret_key is not a list of ${SECRET_KEY_BYTES} bytes`;
  if (!isUint(daveVersion, 0xffff)) return 'dave_protocol_version is not a version';
  return { mode, secretKey: Uint8Array.from(key), daveVersion };
}

export function readSpeaking(d: unknown): Read<SpeakingUpdate> {
  const userId = field(d, 'user_id');
  const ssrc = field(d, 'ssrc');
  const speaking = field(d, 'speaking');
  if (!isSnowflake(userId)) return 'user_id is not a snowflake';
  if (!isUint(ssrc, 0xffffffff)) return 'ssrc is not an unsigned 32-bit integer';
  // Versions before 5 sent a boolean.
  const flags = typeof speaking === 'boolean' ? Number(speaking) : speaking;
  return { userId, ssrc, speaking: isUint(flags, 0xff) ? flags : undefined };
}

export function readVideo(d: unknown): Read<SpeakingUpdate> {
  const userId = field(d, 'user_id');
  const ssrc = field(d, 'audio_ssrc');
  if (!isSnowflake(userId)) return 'user_id is not a snowflake';
  if (!isUint(ssrc, 0xffffffff)) return 'audio_ssrc is not an unsigned 32-bit integer';
  if (ssrc === 0) return 'audio_ssrc is 0: this user sends no audio';
  return { userId, ssrc, speaking: undefined };
}

/** Opcode 11: everybody present, or the users who just joined. */
export function readClientsConnect(d: unknown): Read<readonly string[]> {
  const ids = field(d, 'user_ids');
  if (!Array.isArray(ids)) return 'user_ids is not a list';
  return ids.filter(isSnowflake);
}

/** Opcode 13. */
export function readClientDisconnect(d: unknown): Read<{ readonly userId: string }> {
  const userId = field(d, 'user_id');
  return isSnowflake(userId) ? { userId } : 'user_id is not a snowflake';
}

/** Opcode 18: what a client allows. Null flags: the client has not sent any. Unofficial. */
export function readClientFlags(d: unknown): Read<{ readonly userId: string; readonly flags: number | null }> {
  const userId = field(d, 'user_id');
  const flags = field(d, 'flags');
  if (!isSnowflake(userId)) return 'user_id is not a snowflake';
  return { userId, flags: isUint(flags, 0xffffffff) ? flags : null };
}

/** Opcode 20: what a client runs on. Unofficial. */
export function readClientPlatform(d: unknown): Read<{ readonly userId: string; readonly platform: number | null }> {
  const userId = field(d, 'user_id');
  const platform = field(d, 'platform');
  if (!isSnowflake(userId)) return 'user_id is not a snowflake';
  return { userId, platform: isUint(platform, 0xff) ? platform : null };
}

/** Opcode 6: the `t` it echoes (a bare integer before version 8, a string of digits from some servers); undefined for anything else. */
export function readHeartbeatAck(d: unknown): number | undefined {
  const t = typeof d === 'object' ? field(d, 't') : d;
  if (typeof t === 'number') return Number.isFinite(t) ? t : undefined;
  return typeof t === 'string' && /^\d{1,16}$/.test(t) ? Number(t) : undefined;
}

export function isSnowflake(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,20}$/.test(value);
}

export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function isUint(value: unknown, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max;
}
