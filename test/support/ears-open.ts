import { firstValueFrom } from 'rxjs';
import type { VoiceSession } from '../../src/index.js';

/**
 * Resolves when all earlier requests to these sessions have arrived where they run. A session in a thread or on a node listens only once the request
 * has arrived, and audio played meanwhile may come first. `stats$` is answered in the order of the requests, also during a play, which proves arrival.
 */
export async function earsOpen(...sessions: readonly VoiceSession[]): Promise<void> {
  await Promise.all(sessions.map((session) => firstValueFrom(session.stats$)));
}
