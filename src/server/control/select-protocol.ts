/** Select Protocol: a session gets its key. */
import { createSeal } from '../../crypto/seal.js';
import { isRtpSizeMode, SECRET_KEY_BYTES, type EncryptionMode } from '../../protocol/encryption-modes.js';
import { VoiceOp } from '../../protocol/opcodes.js';
import { REFUSALS, type RefusalName } from '../rules/refusals.js';
import type { SelectPayload } from './client-payloads.js';
import type { ControlConnection } from './connection.js';
import { codeOf, refuse } from './refusal.js';

/** Our start of the nonce counter under the shared key; clients are expected to start in the upper half. */
const SERVER_COUNTER_START = 0;

/** Opcode 1: the session gets a key and a cipher, and from now on the audio of the others. */
export function onSelect(connection: ControlConnection, { protocol, mode, target }: SelectPayload): void {
  const { session, context } = connection;
  const broken = selectRefusal(protocol, mode, target, context.settings.modes) ?? (session === undefined ? 'not-identified' : undefined);
  const refusal = context.faults.refusals.take('select', connection.userId) ?? (broken && codeOf(broken, context.settings));
  if (session === undefined || target === undefined || refusal !== undefined) {
    refuse(connection, 'select', refusal ?? REFUSALS['no-address'].code, connection.about.userId, connection.about.guildId);
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
    connection.afterSending('description');
  });
}

function selectRefusal(
  protocol: string,
  mode: string,
  target: SelectPayload['target'],
  offered: readonly string[],
): RefusalName | undefined {
  if (protocol !== 'udp') return 'not-udp';
  if (!offered.includes(mode)) return 'unknown-mode';
  return target === undefined ? 'no-address' : undefined;
}
