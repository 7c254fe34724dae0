/** `connectVoice$` and `driveVoice$` with every session behind an engine in the same process, for suites that were written without an engine. */
import { defer, type Observable } from 'rxjs';
import { connectVoice$ as connectHere$ } from '../../src/connect.js';
import { driveVoice$ as driveHere$ } from '../../src/drive-voice.js';
import type { ConnectOptions } from '../../src/driver/engine.js';
import { directEngine } from '../../src/engine/direct.js';
import type { GatewayPort, VoiceOptions, VoiceSession, VoiceSignal, VoiceTarget } from '../../src/index.js';
import { insulated } from '../../src/edge.js';

const engine = directEngine((signals$, options) => driveHere$(signals$, options));

export function connectVoice$(gateway$: GatewayPort, ids: VoiceTarget, options: ConnectOptions = {}): Observable<VoiceSession> {
  // Invalid options are passed on unchanged, so that `connectVoice$` itself rejects them.
  return connectHere$(gateway$, ids, typeof options === 'object' && options !== null ? { engine, ...options } : options);
}

export function driveVoice$(server$: Observable<VoiceSignal>, options: VoiceOptions = {}): Observable<VoiceSession> {
  return insulated(defer(() => engine.session$(insulated(server$), options, null)));
}
