/** Runs sessions in worker threads, so that listeners do not hear it when the main thread is busy or blocked. */
import { Observable } from 'rxjs';
import { availableParallelism } from 'node:os';
import * as mediaErrors from '../audio/errors.js';
import { amount, count, fields, must, oneOf } from '../checks/check.js';
import type { VoiceEngine } from '../driver/engine.js';
import type { OpenedThere } from '../engine/carriage.js';
import type { HomeSide } from '../engine/home-side.js';
import { portableOptions } from '../engine/portable-options.js';
import { remoteSession$ } from '../engine/remote-session.js';
import { carryErrors } from '../engine/wire-error.js';
import type { NodeTransportsOptions } from '../net/transports.js';
import { FRAME_MS } from '../protocol/silence.js';
import { Rounds } from './shared/rounds.js';
import { Thread } from './thread.js';
import { toldToThread } from './told-to-thread.js';

/** How sessions are spread over threads. */
export interface WorkerEngineOptions {
  /** How many threads at most. Default: one less than the processor has cores, and at least one. */
  readonly threads?: number;
  /**
   * ms of a play that are read ahead into its thread, if its source is read in the main thread. The main thread may be blocked for that long
   * without a gap; a source that reacts to listeners is heard to react that much later. Default 500.
   */
  readonly ahead?: number;
  /**
   * Which sources are opened in the thread, so that the main thread is not needed while they play. `files`: paths and file:, http: and https:
   * URLs given to `source`; `urls`: only http: and https: URLs; `none`: no source. Everything else is read in the main thread: what is not a
   * `source`, a `source` with functions among its options, and a play with `whenSuspended: 'skip'`. Default `files`.
   */
  readonly sources?: 'none' | 'urls' | 'files';
  /** Settings of the sockets, which are opened in the threads. Plain data: certificates as text or bytes. */
  readonly transports?: NodeTransportsOptions;
  /** The script of a thread, if a bundler has put it elsewhere. Default: `worker.js` beside this file. */
  readonly script?: URL | string;
}

/** A {@link VoiceEngine} of threads. */
export interface WorkerEngine extends VoiceEngine {
  /** Ends the threads. Leave all sessions first: those that still run go on in new threads. */
  close(): Promise<void>;
}

const checkOptions = fields({
  threads: count('a whole number of threads, 1 or more', 1),
  ahead: amount('ms, 20 or more', FRAME_MS, 60_000),
  sources: oneOf(['none', 'urls', 'files'] satisfies OpenedThere[]),
  transports: must('settings of the sockets', (value) => typeof value === 'object' && value !== null),
  script: must('a URL or a path', (value) => typeof value === 'string' || value instanceof URL),
} satisfies Readonly<Record<keyof WorkerEngineOptions, unknown>>);

/**
 * Runs sessions in `node:worker_threads`. Each thread has its own event loop, clock and sockets. A blocked main thread causes no gap if the
 * play's `source` is opened in the thread; otherwise none for up to `ahead`. Keys are only in the threads, and so are tokens, except
 * in the bot gateway's events, which pass through the main thread.
 *
 * ```ts
 * const engine = workerEngine();
 * connectVoice$(gateway$, ids, { engine }).pipe(switchMap((session) => session.play(frames$)));
 * ```
 * A new session goes to the thread with the fewest sessions. A thread starts with its first session. Threads without sessions do not keep the process alive.
 *
 * @throws VoiceOptionsError, which names the first wrong option
 */
export function workerEngine(options: WorkerEngineOptions = {}): WorkerEngine {
  checkOptions('', options);
  const { threads: most = Math.max(1, availableParallelism() - 1), ahead = 500, sources = 'files', transports = {} } = options;
  const { script = new URL('./worker.js', import.meta.url) } = options;
  const frames = Math.round(ahead / FRAME_MS);
  carryErrors(mediaErrors);
  const rounds = new Rounds();
  let threads: Thread[] = [];

  const thread = (): Thread => {
    threads = threads.filter(({ lost }) => !lost);
    const idlest = threads.reduce<Thread | undefined>((least, one) => (least === undefined || one.sessions < least.sessions ? one : least), undefined);
    if (idlest !== undefined && (idlest.sessions === 0 || threads.length >= most)) return idlest;
    const started = new Thread(script, transports, rounds);
    threads.push(started);
    return started;
  };

  const place$ = (): Observable<HomeSide> =>
    new Observable((subscriber) => {
      const chosen = thread();
      subscriber.add(chosen.hold());
      subscriber.next(chosen.home);
    });

  return {
    session$: (signals$, wanted, guildId) => remoteSession$({ signals$, options: wanted, guildId, ahead: frames, opens: toldToThread(sources), portable: portableOptions, place$ }),
    close: async () => {
      await Promise.all(threads.map((one) => one.end()));
    },
  };
}
