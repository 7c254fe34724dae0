import { EMPTY, lastValueFrom } from 'rxjs';
import type { VoiceSession } from '../../src/index.js';

/**
 * Resolves when all that was asked of these sessions is known where they run. A session in a thread or on a node listens as soon as it has been told to,
 * and what somebody else plays meanwhile may be there first. The play of nothing goes behind what was asked, sends nothing, and comes back.
 */
export async function earsOpen(...sessions: readonly VoiceSession[]): Promise<void> {
  await Promise.all(sessions.map((session) => lastValueFrom(session.play(EMPTY), { defaultValue: undefined })));
}
