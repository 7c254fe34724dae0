/** Opcodes that only a server needs, and which of its messages are numbered. */
import { VoiceOp } from '../../protocol/opcodes.js';

/** Seen on the wire and described by the community docs; accepted from clients, sent for realism. */
export const ExtraOp = {
  Signal: 10,
  SessionUpdate: 14,
  MediaSinkWants: 15,
  BackendVersion: 16,
  NoRoute: 32,
} as const;

const NUMBERED: ReadonlySet<number> = new Set([
  VoiceOp.Speaking,
  VoiceOp.ClientsConnect,
  VoiceOp.Video,
  VoiceOp.ClientDisconnect,
  ExtraOp.SessionUpdate,
  ExtraOp.MediaSinkWants,
  VoiceOp.ClientFlags,
  VoiceOp.ClientPlatform,
  VoiceOp.DavePrepareTransition,
  VoiceOp.DaveExecuteTransition,
  VoiceOp.DavePrepareEpoch,
]);

/**
 * Whether a JSON message of this opcode has a sequence number, and so is replayed by a resume. In traces of the real service these have numbers, but
 * Ready, Session Description, Hello, Resumed and heartbeat acks have none.
 */
export function isNumbered(op: number): boolean {
  return NUMBERED.has(op);
}
