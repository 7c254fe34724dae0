/** Opcodes that only a server needs to know, and which of its messages are numbered. */
import { VoiceOp } from '../../protocol/opcodes.js';

/** Seen on the wire and described by the community docs; tolerated from clients, sent for realism. */
export const ExtraOp = {
  Signal: 10,
  SessionUpdate: 14,
  MediaSinkWants: 15,
  BackendVersion: 16,
  ClientFlags: 18,
  ClientPlatform: 20,
  NoRoute: 32,
} as const;

const NUMBERED: ReadonlySet<number> = new Set([
  VoiceOp.Speaking,
  VoiceOp.ClientsConnect,
  VoiceOp.Video,
  VoiceOp.ClientDisconnect,
  ExtraOp.SessionUpdate,
  ExtraOp.MediaSinkWants,
  ExtraOp.ClientFlags,
  ExtraOp.ClientPlatform,
  VoiceOp.DavePrepareTransition,
  VoiceOp.DaveExecuteTransition,
  VoiceOp.DavePrepareEpoch,
]);

/**
 * Whether a JSON message of this opcode takes a sequence number, and so is replayed by a resume. Traces of the real service fit
 * numbers on these and none on Ready, Session Description, Hello, Resumed and heartbeat acks.
 */
export function isNumbered(op: number): boolean {
  return NUMBERED.has(op);
}
