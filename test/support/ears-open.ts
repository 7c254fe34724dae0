import { firstValueFrom } from 'rxjs';
import type { VoiceSession } from '../../src/index.js';

/**
 * Resolves when all that was asked of these sessions is known where they run. A session in a thread or on a node listens as soon as it has been told to,
 * and what somebody else plays meanwhile may be there first. Figures are asked for behind what was asked before, also while it plays, and come back.
 */
export async function earsOpen(...sessions: readonly VoiceSession[]): Promise<void> {
  await Promise.all(sessions.map((session) => firstValueFrom(session.stats$)));
}
