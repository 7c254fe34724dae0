/** Handles a client's message by its opcode. A message that breaks the protocol closes the socket, with its code. */
import { parseExactJson } from '../../protocol/exact-json.js';
import { encodeJsonFrame, parseJsonFrame } from '../../protocol/frames.js';
import { VoiceOp } from '../../protocol/opcodes.js';
import type { Read } from '../../protocol/payloads.js';
import { ExtraOp } from '../sessions/opcodes.js';
import {
  readClientSpeaking,
  readHeartbeat,
  readIdentify,
  readResume,
  readSelect,
} from './client-payloads.js';
import type { ControlConnection } from './connection.js';
import { onHeartbeat } from './heartbeat.js';
import { onIdentify } from './identify.js';
import { onResume } from './resume.js';
import { onSelect } from './select-protocol.js';
import { onSpeaking } from './speaking.js';

/** A frame, text or binary. */
export function onMessage(connection: ControlConnection, data: Buffer, isBinary: boolean): void {
  if (isBinary) onBinary(connection, data);
  else onText(connection, data.toString());
}

function onText(connection: ControlConnection, text: string): void {
  const frame = parseJsonFrame(text, parseExactJson);
  if (frame === undefined) {
    connection.refuse('not-json');
    return;
  }
  const { op, d } = frame;
  switch (op) {
    case VoiceOp.Identify:
      return withPayload(connection, readIdentify(d), (payload) => onIdentify(connection, payload));
    case VoiceOp.Resume:
      return withPayload(connection, readResume(d), (payload) => onResume(connection, payload));
    case VoiceOp.Heartbeat:
      return withPayload(connection, readHeartbeat(d), (payload) => onHeartbeat(connection, payload));
  }
  if (!connection.authenticated) {
    connection.refuse('not-identified');
    return;
  }
  switch (op) {
    case VoiceOp.SelectProtocol:
      return withPayload(connection, readSelect(d), (payload) => onSelect(connection, payload));
    case VoiceOp.Speaking:
      return withPayload(connection, readClientSpeaking(d), (payload) => onSpeaking(connection, payload));
    case ExtraOp.BackendVersion:
      return connection.send(encodeJsonFrame(ExtraOp.BackendVersion, { voice: '0.0.0', rtc_worker: '0.0.0' }));
    case VoiceOp.DaveTransitionReady:
    case VoiceOp.MlsInvalidCommitWelcome:
      connection.session?.call?.dave?.receiveJson(connection.session.userId, op, d);
      return;
    case VoiceOp.Video:
    case ExtraOp.Signal:
    case ExtraOp.SessionUpdate:
    case ExtraOp.MediaSinkWants:
    case ExtraOp.NoRoute:
      return;
    default:
      connection.refuse('unknown-opcode', `opcode ${op}`);
  }
}

/** A binary frame: `op u8 ‖ body`. All binary frames are DAVE messages; a call that is not encrypted ignores them. */
function onBinary(connection: ControlConnection, bytes: Uint8Array): void {
  const op = bytes[0];
  if (!connection.authenticated) connection.refuse('not-identified');
  else if (op === undefined) connection.refuse('not-json', 'an empty frame');
  else if (op !== VoiceOp.MlsKeyPackage && op !== VoiceOp.MlsCommitWelcome)
    connection.refuse('unknown-opcode', `binary opcode ${op}`);
  else if (op === VoiceOp.MlsKeyPackage && connection.refusedAt('dave')) return;
  else connection.session?.call?.dave?.receiveBinary(connection.session.userId, op, bytes.subarray(1));
}

function withPayload<T extends object>(connection: ControlConnection, read: Read<T>, use: (payload: T) => void): void {
  if (typeof read === 'string') connection.refuse('bad-payload', read);
  else use(read);
}
