/** DAVE's messages of the voice gateway, in and out. Source: Discord docs, Voice Connections, and the DAVE whitepaper. */
import { encodeClientBinary, encodeJsonFrame, type WireMessage } from '../../protocol/frames.js';
import { VoiceOp } from '../../protocol/opcodes.js';
import { field, type Read } from '../../protocol/payloads.js';
import type { ProposedCommit } from './provider.js';

/** Opcode 21. */
export interface PrepareTransition {
  readonly transitionId: number;
  readonly version: number;
}

/** Opcode 24. */
export interface PrepareEpoch {
  /** 1 announces a new group. */
  readonly epoch: number;
  readonly version: number;
}

/** Opcode 27: what to add to, or revoke from, the proposals of this epoch. */
export interface Proposals {
  readonly revoke: boolean;
  readonly proposals: Uint8Array;
}

/** Opcodes 29 and 30: a commit or a Welcome, and the transition it belongs to. */
export interface Transition {
  readonly transitionId: number;
  readonly message: Uint8Array;
}

/** Opcode 21: the value, or what is wrong with it. */
export function readPrepareTransition(d: unknown): Read<PrepareTransition> {
  const transitionId = field(d, 'transition_id');
  const version = field(d, 'protocol_version');
  if (!isUint16(transitionId)) return 'transition_id is not an unsigned 16-bit integer';
  if (!isUint16(version)) return 'protocol_version is not a version';
  return { transitionId, version };
}

/** Opcode 22: the id, or what is wrong with it. */
export function readExecuteTransition(d: unknown): Read<{ readonly transitionId: number }> {
  const transitionId = field(d, 'transition_id');
  return isUint16(transitionId) ? { transitionId } : 'transition_id is not an unsigned 16-bit integer';
}

/** Opcode 24: the value, or what is wrong with it. The `transition_id` that the text of the docs mentions is not read. */
export function readPrepareEpoch(d: unknown): Read<PrepareEpoch> {
  const epoch = field(d, 'epoch');
  const version = field(d, 'protocol_version');
  if (!Number.isSafeInteger(epoch) || (epoch as number) < 1) return 'epoch is not a positive integer';
  if (!isUint16(version)) return 'protocol_version is not a version';
  return { epoch: epoch as number, version };
}

/** Opcode 27: `u8 type (0 append, 1 revoke) ‖ vector` */
export function readProposals(body: Uint8Array): Read<Proposals> {
  const [type] = body;
  if (type !== 0 && type !== 1) return 'the operation is neither append nor revoke';
  return { revoke: type === 1, proposals: body.subarray(1) };
}

/** Opcodes 29 and 30: `transition_id u16 ‖ message` */
export function readTransition(body: Uint8Array): Read<Transition> {
  if (body.length < 2) return 'there is no transition id';
  return { transitionId: (body[0]! << 8) | body[1]!, message: body.subarray(2) };
}

/** Opcode 23: we are ready for the transition. */
export function transitionReady(transitionId: number): WireMessage {
  return encodeJsonFrame(VoiceOp.DaveTransitionReady, { transition_id: transitionId });
}

/** Opcode 26, with a bare KeyPackage. */
export function mlsKeyPackage(keyPackage: Uint8Array): WireMessage {
  return encodeClientBinary(VoiceOp.MlsKeyPackage, keyPackage);
}

/** Opcode 28: an MLSMessage with the commit, then the bare Welcome if there is one. */
export function mlsCommitWelcome({ commit, welcome }: ProposedCommit): WireMessage {
  const body = new Uint8Array(commit.length + (welcome?.length ?? 0));
  body.set(commit);
  if (welcome !== undefined) body.set(welcome, commit.length);
  return encodeClientBinary(VoiceOp.MlsCommitWelcome, body);
}

/** Opcode 31: the commit or Welcome of this transition cannot be applied; a new key package follows. */
export function mlsInvalidCommitWelcome(transitionId: number): WireMessage {
  return encodeJsonFrame(VoiceOp.MlsInvalidCommitWelcome, { transition_id: transitionId });
}

function isUint16(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffff;
}
