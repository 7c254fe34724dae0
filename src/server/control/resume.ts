/** Resume: a session gets another socket. */
import { closeCodeFacts } from '../../protocol/close-codes.js';
import { encodeJsonFrame, type WireMessage } from '../../protocol/frames.js';
import { BUFFERED_RESUME_VERSION, VoiceOp } from '../../protocol/opcodes.js';
import { admitResume } from './admission.js';
import type { ResumePayload } from './client-payloads.js';
import type { ControlConnection } from './connection.js';
import { codeOf, forcedRefusal, refuse, silentFor } from './refusal.js';

/** Opcode 7: the session continues on this socket, and from version 8 on gets the messages that it missed. */
export function onResume(connection: ControlConnection, payload: ResumePayload): void {
  const { settings, registry, faults, events } = connection.context;
  if (connection.authenticated) {
    connection.refuse('identified-twice');
    return;
  }
  const found = admitResume(payload, connection.region, connection.context);
  const resumer = typeof found === 'string' ? null : found.userId;
  if (resumer !== null && silentFor(connection, resumer, () => onResume(connection, payload))) return;
  const forced = forcedRefusal(connection, 'resume', resumer);
  const missed = typeof found === 'string' ? undefined : found.replay.after(payload.seqAck);
  const buffered = connection.version >= BUFFERED_RESUME_VERSION;
  if (typeof found === 'string' || forced !== undefined || (buffered && missed === undefined)) {
    const code = forced ?? (typeof found === 'string' ? codeOf(found, settings) : found.gapCode);
    refuse(connection, 'resume', code, resumer, payload.guildId);
    if (typeof found !== 'string' && closeCodeFacts(code).action !== 'resume') registry.end(found, code, 'resume refused');
    return;
  }
  connection.authenticated = true;
  connection.session = found;
  faults.stages.pass('resumed', () => {
    if (!connection.isOpen || found.ended) return;
    // Read again: more messages may have been added while a fault held this back.
    const replays: readonly WireMessage[] | undefined = buffered ? found.replay.after(payload.seqAck) : [];
    if (replays === undefined) {
      refuse(connection, 'resume', found.gapCode, found.userId, found.guildId);
      return;
    }
    registry.attach(found, connection);
    events.emit({ type: 'resume', ...connection.about, connection: connection.number, ssrc: found.ssrc, seqAck: payload.seqAck, replayed: replays.length });
    const resumed = encodeJsonFrame(VoiceOp.Resumed, null);
    const messages = settings.replayBeforeResumed ? [...replays, resumed] : [resumed, ...replays];
    for (const message of messages) connection.send(message);
    found.call?.resumed(found);
    connection.afterSending('resumed');
  });
}
