/** Speaking: a session says whether it speaks. */
import { VoiceOp } from '../../protocol/opcodes.js';
import { SUSPICIONS } from '../rules/suspicions.js';
import type { SpeakingPayload } from './client-payloads.js';
import type { ControlConnection } from './connection.js';

/** Opcode 5. The others are told the SSRC of the session, whichever SSRC the client names. */
export function onSpeaking(connection: ControlConnection, { speaking, ssrc: claimed }: SpeakingPayload): void {
  const { session, context } = connection;
  // Does not occur: an authenticated connection always has a session.
  if (session === undefined) return;
  const { ssrc, userId } = session;
  if (claimed !== undefined && claimed !== ssrc && context.suspicions.saw('foreign-ssrc', connection.about)) {
    connection.close(SUSPICIONS['foreign-ssrc'].strictly, 'not the SSRC of this session');
    return;
  }
  session.speaking = speaking;
  context.events.emit({ type: 'speaking', ...connection.about, ssrc, speaking });
  session.call?.broadcast(VoiceOp.Speaking, { speaking, ssrc, user_id: userId }, session);
}
