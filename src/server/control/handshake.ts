/** Identify, Select Protocol and Resume. */
import { createSeal } from '../../crypto/seal.js';
import { CloseCode, closeCodeFacts } from '../../protocol/close-codes.js';
import { isRtpSizeMode, SECRET_KEY_BYTES, type EncryptionMode } from '../../protocol/encryption-modes.js';
import { encodeJsonFrame, type WireMessage } from '../../protocol/frames.js';
import { BUFFERED_RESUME_VERSION, VoiceOp } from '../../protocol/opcodes.js';
import type { Snowflake } from '../../types.js';
import type { RefusedStage } from '../faults/stages.js';
import { LOOPBACK } from '../loopback.js';
import { admitIdentify, admitResume } from './admission.js';
import { breakOff } from './break-off.js';
import type { IdentifyPayload, ResumePayload, SelectPayload } from './client-payloads.js';
import type { ControlConnection } from './connection.js';

/** Our nonce counter under the shared key; clients are to start in the upper half. */
const SERVER_COUNTER_START = 0;

/** Opcode 0: a new session with a new SSRC, and the call's people learn of each other. */
export function onIdentify(connection: ControlConnection, payload: IdentifyPayload): void {
  const { settings, registry, faults, events } = connection.context;
  if (connection.authenticated) {
    connection.close(CloseCode.AlreadyAuthenticated, 'already identified');
    return;
  }
  if (silentFor(connection, payload.userId, () => onIdentify(connection, payload))) return;
  const refused = settings.daveVersion > 0 && payload.maxDaveVersion === 0 && settings.withoutDave === 'refuse';
  const admitted =
    faultAt(connection, 'identify', payload.userId) ??
    (refused ? CloseCode.DaveRequired : admitIdentify(payload, connection.region, connection.context));
  if (typeof admitted === 'number') {
    refuse(connection, 'identify', admitted, payload.userId, payload.guildId);
    return;
  }
  admitted.spent = true;
  connection.authenticated = true;
  const session = registry.begin(admitted, connection, connection.region);
  connection.session = session;
  session.maxDaveVersion = payload.maxDaveVersion;
  events.emit({ type: 'identify', ...connection.about, ssrc: session.ssrc, maxDaveVersion: payload.maxDaveVersion });
  if (connection.refusedAt('ready')) return;
  faults.stages.pass('ready', () => {
    session.send(VoiceOp.Ready, {
      ssrc: session.ssrc,
      ip: LOOPBACK,
      port: connection.region.udp.port,
      modes: settings.modes,
      // Discord sends this too, and it means nothing: the true one is Hello's.
      heartbeat_interval: 1,
    });
    registry.announce(session);
    connection.sentLast('ready');
  });
}

/** Opcode 1: a key and a seal, and from here on the session gets the others' audio. */
export function onSelect(connection: ControlConnection, { protocol, mode, target }: SelectPayload): void {
  const { session, context } = connection;
  const refusal =
    context.faults.refusals.take('select', connection.userId) ??
    selectRefusal(protocol, mode, target, context.settings.modes);
  if (session === undefined || target === undefined || refusal !== undefined) {
    refuse(connection, 'select', refusal ?? CloseCode.NotAuthenticated, connection.about.userId, connection.about.guildId);
    return;
  }
  context.events.emit({ type: 'select', ...connection.about, mode: mode as EncryptionMode, ...target });
  if (connection.refusedAt('description')) return;
  context.faults.stages.pass('description', () => {
    if (session.ended) return;
    const { random } = context.settings;
    const key = random(SECRET_KEY_BYTES);
    session.seal = createSeal(mode as EncryptionMode, key, { counter: SERVER_COUNTER_START, random });
    session.rtpSize = isRtpSizeMode(session.seal.mode);
    session.target = target;
    session.send(VoiceOp.SessionDescription, {
      mode,
      secret_key: [...key],
      dave_protocol_version: session.call?.daveVersion(session) ?? 0,
      audio_codec: 'opus',
      video_codec: 'H264',
      media_session_id: Buffer.from(random(16)).toString('hex'),
    });
    session.call?.tellSpeakers(session);
    session.call?.encrypt(session);
    connection.sentLast('description');
  });
}

/** Opcode 7: the session gets this socket, and from version 8 on what it missed. */
export function onResume(connection: ControlConnection, payload: ResumePayload): void {
  const { settings, registry, faults, events } = connection.context;
  if (connection.authenticated) {
    connection.close(CloseCode.AlreadyAuthenticated, 'already identified');
    return;
  }
  const found = admitResume(payload, connection.region, connection.context);
  const resumer = typeof found === 'number' ? null : found.userId;
  if (resumer !== null && silentFor(connection, resumer, () => onResume(connection, payload))) return;
  const forced = faultAt(connection, 'resume', resumer);
  const missed = typeof found === 'number' ? undefined : found.replay.after(payload.seqAck);
  const buffered = connection.version >= BUFFERED_RESUME_VERSION;
  if (typeof found === 'number' || forced !== undefined || (buffered && missed === undefined)) {
    const code = forced ?? (typeof found === 'number' ? found : found.gapCode);
    refuse(connection, 'resume', code, resumer, payload.guildId);
    if (typeof found !== 'number' && closeCodeFacts(code).action !== 'resume') registry.end(found, code, 'resume refused');
    return;
  }
  connection.authenticated = true;
  connection.session = found;
  faults.stages.pass('resumed', () => {
    if (!connection.isOpen || found.ended) return;
    // Read anew: more may have come while a fault held this back.
    const replays: readonly WireMessage[] | undefined = buffered ? found.replay.after(payload.seqAck) : [];
    if (replays === undefined) {
      refuse(connection, 'resume', found.gapCode, found.userId, found.guildId);
      return;
    }
    registry.attach(found, connection);
    events.emit({ type: 'resume', ...connection.about, seqAck: payload.seqAck, replayed: replays.length });
    const resumed = encodeJsonFrame(VoiceOp.Resumed, null);
    const messages = settings.replayBeforeResumed ? [...replays, resumed] : [resumed, ...replays];
    for (const message of messages) connection.send(message);
    found.call?.resumed(found);
    connection.sentLast('resumed');
  });
}

/**
 * Notes whose socket this is. When a fault has silenced the user, nothing more is heard of it, and `later` runs at the end of
 * that.
 */
function silentFor(connection: ControlConnection, userId: Snowflake, later: () => void): boolean {
  connection.userId = userId;
  if (!connection.context.faults.silent.control.has(userId)) return false;
  connection.stall(true);
  connection.defer(later);
  return true;
}

/** The close code that a fault, or the limit of Identifies and Resumes, puts in place of an answer. */
function faultAt(connection: ControlConnection, stage: RefusedStage, userId: Snowflake | null): number | undefined {
  const { faults, settings } = connection.context;
  const limited = userId !== null && faults.limiter.exceeds(userId, settings.scheduler.now());
  return faults.refusals.take(stage, userId) ?? (limited ? CloseCode.RateLimited : undefined);
}

function selectRefusal(
  protocol: string,
  mode: string,
  target: SelectPayload['target'],
  offered: readonly string[],
): number | undefined {
  if (protocol !== 'udp') return CloseCode.UnknownProtocol;
  if (!offered.includes(mode)) return CloseCode.UnknownEncryptionMode;
  return target === undefined ? CloseCode.BadRequest : undefined;
}

function refuse(
  connection: ControlConnection,
  stage: RefusedStage,
  code: number,
  userId: string | null,
  guildId: string | null,
): void {
  connection.context.events.emit({ type: 'refused', stage, code, userId, guildId });
  breakOff(connection, code, `${stage} refused`);
}
