/** Both sides in one thread, with the whole wire between them: tests all promises of engines in virtual time. */
import { of, Subject } from 'rxjs';
import type { VoiceOptions } from '../driver/options.js';
import type { VoiceEngine } from '../driver/engine.js';
import { HomeSide } from './home-side.js';
import { portableOptions, type PortableOptions } from './portable-options.js';
import { remoteSession$ } from './remote-session.js';
import { serveEngine, type Drive } from './serve-engine.js';
import type { EnginePort, WireMessage } from './wire.js';

/** Options that are code are passed directly, because there is only one thread. */
const BOUND = ['scheduler', 'transports', 'random', 'interceptors', 'dave', 'recovery'] as const;

/**
 * An engine that runs sessions in its own thread. Messages are cloned, as between threads, and delivered at once.
 *
 * @param ahead the number of frames to read ahead of the clock. 0 reads each frame when it is due, as without an engine
 */
export function directEngine(drive: Drive, ahead = 0): VoiceEngine {
  const kept = new Map<number, VoiceOptions>();
  const { home, far } = portPair();
  serveEngine(far, (signals$, options, guildId, session, keep) => drive(signals$, { ...options, ...kept.get(session) }, guildId, session, keep));
  const side = new HomeSide(home);
  const portable = (options: VoiceOptions, session: number): PortableOptions => {
    const own = Object.fromEntries(BOUND.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
    kept.set(session, own);
    return portableOptions(Object.fromEntries(Object.entries(options).filter(([name]) => !(name in own))));
  };
  return { session$: (signals$, options, guildId) => remoteSession$({ signals$, options, guildId, ahead, portable, place$: () => of(side) }) };
}

/** The two ends of a wire. Messages are cloned on the way. */
function portPair(): { readonly home: EnginePort; readonly far: EnginePort } {
  const toFar$ = new Subject<WireMessage>();
  const toHome$ = new Subject<WireMessage>();
  const into = (to$: Subject<WireMessage>) => (message: WireMessage) => to$.next(structuredClone(message));
  return { home: { messages$: toHome$, send: into(toFar$) }, far: { messages$: toFar$, send: into(toHome$) } };
}
