/** Heartbeats: each is acknowledged in the form in which it was sent. */
import { VoiceOp, BUFFERED_RESUME_VERSION } from '../../protocol/opcodes.js';
import { SUSPICIONS, type Suspicion } from '../rules/suspicions.js';
import type { HeartbeatPayload } from './client-payloads.js';
import type { ControlConnection } from './connection.js';

/** Opcode 3. */
export function onHeartbeat(connection: ControlConnection, payload: HeartbeatPayload): void {
  const { faults, events, suspicions } = connection.context;
  const what = suspicionOf(connection, payload);
  if (what !== undefined && suspicions.saw(what, connection.about)) {
    connection.close(SUSPICIONS[what].strictly, what);
    return;
  }
  const { t, seqAck, bare } = payload;
  const acknowledged = !faults.heartbeatsIgnored;
  connection.heartbeatCame();
  events.emit({ type: 'heartbeat', ...connection.about, seqAck: seqAck ?? null, acknowledged });
  // Written by hand: JSON.stringify cannot write a bigint, and the echoed number must have exactly the same digits.
  if (acknowledged) connection.send(`{"op":${VoiceOp.HeartbeatAck},"d":${bare ? t : `{"t":${t}}`}}`);
}

/** The form depends on the version: an object with `seq_ack` from 8 on, a bare number before. */
function suspicionOf({ version, session }: ControlConnection, { seqAck, bare }: HeartbeatPayload): ControlSuspicion | undefined {
  if (version < BUFFERED_RESUME_VERSION) return bare ? undefined : 'object-heartbeat';
  if (bare) return 'bare-heartbeat';
  if (seqAck === undefined) return 'no-seq-ack';
  return seqAck === null || session === undefined || session.replay.hasGiven(seqAck) ? undefined : 'unknown-seq-ack';
}

type ControlSuspicion = Extract<Suspicion, `${string}-heartbeat` | `${string}-seq-ack`>;
