/** A session from voice-server credentials, without a bot gateway. */
import { defer, type Observable } from 'rxjs';
import { drive$ } from './driver/drive.js';
import { insulated } from './edge.js';
import type { VoiceOptions } from './driver/options.js';
import { resolveOptions } from './driver/resolve-options.js';
import type { VoiceSession } from './driver/session/session.js';
import { daveyProvider } from './dave/davey.js';
import { defaultTransports } from './net/transports.js';
import type { VoiceSignal } from './types.js';

/**
 * Keeps one session alive over the voice servers that `server$` names: it connects to the newest, `{ endpoint: null }` holds what plays, `{ ended }`
 * completes. The completion of `server$` does not end the session: `driveVoice$(of(server))` lives until it is unsubscribed.
 *
 * Emits one session, when it is first ready. Errors with a VoiceError when the connection cannot be made or kept.
 *
 * ```
 * server$  a-------b-----e    b another server, e ended
 * result   ----s---------|
 * ```
 */
export function driveVoice$(server$: Observable<VoiceSignal>, options: VoiceOptions = {}): Observable<VoiceSession> {
  const session$ = defer(() => {
    const resolved = resolveOptions(options, { transports: defaultTransports, dave: daveyProvider });
    return drive$(insulated(server$), resolved);
  });
  return insulated(session$);
}
