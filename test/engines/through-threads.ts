/** `connectVoice$` and `driveVoice$` with every session in a thread, for suites that were written without an engine. Needs `npm run build`. */
import { defer, type Observable } from 'rxjs';
import { connectVoice$ as connectHere$ } from '../../src/connect.js';
import type { ConnectOptions } from '../../src/driver/engine.js';
import type { GatewayPort, VoiceOptions, VoiceSession, VoiceSignal, VoiceTarget } from '../../src/index.js';
import { insulated } from '../../src/edge.js';
import { workerEngine } from '../../src/workers/index.js';

const engine = workerEngine({ threads: 2, script: new URL('../support/worker-in-process-time.mjs', import.meta.url) });

export function connectVoice$(gateway$: GatewayPort, ids: VoiceTarget, options: ConnectOptions = {}): Observable<VoiceSession> {
  // Invalid options are passed on unchanged, so that `connectVoice$` itself rejects them.
  return connectHere$(gateway$, ids, typeof options === 'object' && options !== null ? { engine, ...options } : options);
}

export function driveVoice$(server$: Observable<VoiceSignal>, options: VoiceOptions = {}): Observable<VoiceSession> {
  return insulated(defer(() => engine.session$(insulated(server$), options, null)));
}
