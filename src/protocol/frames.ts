/**
 * Voice gateway frames. A text frame is JSON `{op, d, seq?}`. A binary one from the server is `seq u16 ‖ op u8 ‖ body`; one to the server is
 * `op u8 ‖ body`, without a seq, and so is one from a server of a version before 8, which has no sequence numbers. Source: Discord docs, Voice
 * Connections; DAVE whitepaper, "Voice Gateway"; serenity #3501 for the versions before.
 */
import { BUFFERED_RESUME_VERSION, LATEST_GATEWAY_VERSION, type VoiceGatewayVersion } from './opcodes.js';


/** A text frame of the server. */
export interface JsonFrame {
  readonly kind: 'json';
  readonly op: number;
  readonly d: unknown;
  /** Present on the messages that a resume may replay. 0 is a valid number. */
  readonly seq: number | undefined;
}

/** A binary frame of the server; only DAVE uses them. */
export interface BinaryFrame {
  readonly kind: 'binary';
  readonly op: number;
  /** Undefined before version 8. */
  readonly seq: number | undefined;
  readonly body: Uint8Array;
}

/** A frame as the server sends it. */
export type ServerFrame = JsonFrame | BinaryFrame;

/** A message on a voice WebSocket: text frames are strings, binary frames bytes. */
export type WireMessage = string | Uint8Array;

/**
 * The frame in a message from the server; undefined if it is malformed. The caller should log and ignore that.
 *
 * @param version the server's gateway version. Default 8
 */
export function parseServerFrame(message: WireMessage, version: VoiceGatewayVersion = LATEST_GATEWAY_VERSION): ServerFrame | undefined {
  if (typeof message === 'string') return parseJsonFrame(message);
  return version >= BUFFERED_RESUME_VERSION ? parseBinaryFrame(message) : parseUnnumberedFrame(message);
}

/**
 * `{op, d, seq?}` with an integer `op`; undefined for anything else. A `seq` that is not an unsigned 16-bit integer counts as absent.
 *
 * @param parse a function like `JSON.parse`, which is the default
 */
export function parseJsonFrame(text: string, parse: (text: string) => unknown = JSON.parse): JsonFrame | undefined {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { op, d, seq } = value as { op?: unknown; d?: unknown; seq?: unknown };
  if (!Number.isInteger(op) || (op as number) < 0) return undefined;
  return { kind: 'json', op: op as number, d, seq: isSequence(seq) ? seq : undefined };
}

/** The opcode of a message to the server; undefined if it has none. */
export function clientOpcode(message: WireMessage): number | undefined {
  return typeof message === 'string' ? parseJsonFrame(message)?.op : message[0];
}

function parseBinaryFrame(bytes: Uint8Array): BinaryFrame | undefined {
  if (bytes.length < 3) return undefined;
  return { kind: 'binary', op: bytes[2]!, seq: (bytes[0]! << 8) | bytes[1]!, body: bytes.subarray(3) };
}

function parseUnnumberedFrame(bytes: Uint8Array): BinaryFrame | undefined {
  return bytes.length < 2 ? undefined : { kind: 'binary', op: bytes[0]!, seq: undefined, body: bytes.subarray(1) };
}

/** A text frame, in either direction. */
export function encodeJsonFrame(op: number, d: unknown, seq?: number): string {
  return JSON.stringify(seq === undefined ? { op, d } : { op, d, seq });
}

/** A binary frame as the client sends it, and before version 8 also the server. */
export function encodeClientBinary(op: number, body: Uint8Array): Uint8Array {
  const frame = new Uint8Array(1 + body.length);
  frame[0] = op;
  frame.set(body, 1);
  return frame;
}

/** A binary frame as the server sends it from version 8 on. */
export function encodeServerBinary(op: number, body: Uint8Array, seq: number): Uint8Array {
  const frame = new Uint8Array(3 + body.length);
  frame[0] = seq >>> 8;
  frame[1] = seq;
  frame[2] = op;
  frame.set(body, 3);
  return frame;
}

function isSequence(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffff;
}
