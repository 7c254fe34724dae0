/** Speaking: a session says that it does, or does not. */
import { VoiceOp } from '../../protocol/opcodes.js';
import { SUSPICIONS } from '../rules/suspicions.js';
import type { SpeakingPayload } from './client-payloads.js';
import type { ControlConnection } from './connection.js';

/** Opcode 5. Whatever SSRC a client names, or none: the session has one, and the others are told of that. */
export function onSpeaking(connection: ControlConnection, { speaking, ssrc: claimed }: SpeakingPayload): void {
  const { session, context } = connection;
  // Identified, but its Ready is held back by a fault, or it was resumed and is not yet told.
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
