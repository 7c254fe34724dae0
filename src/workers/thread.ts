/** One worker thread. It starts with its first session, and does not keep the process alive while it has no sessions. */
import { Subject } from 'rxjs';
import { Worker } from 'node:worker_threads';
import { EngineLostError } from '../errors.js';
import { HomeSide } from '../engine/home-side.js';
import type { NodeTransportsOptions } from '../net/transports.js';
import { enginePort, type FlushedPort } from './message-port.js';
import { HomeLine } from './shared/home-line.js';
import { sharedMemory } from './shared/line.js';
import type { Rounds } from './shared/rounds.js';
import type { WorkerData } from './worker.js';

export class Thread {
  /** Number of sessions that run in this thread or are about to. */
  sessions = 0;
  readonly home: HomeSide;
  readonly #worker: Worker;
  readonly #port: FlushedPort;
  readonly #lost$ = new Subject<never>();
  #lost = false;

  constructor(script: URL | string, transports: NodeTransportsOptions, rounds: Rounds) {
    const memory = sharedMemory();
    const data: WorkerData = { transports, memory };
    this.#worker = new Worker(script, { workerData: data, name: 'rxvoice' });
    this.#worker.on('error', (error) => this.#lose(error));
    this.#worker.on('exit', (code) => this.#lose(code));
    this.#worker.unref();
    this.#port = enginePort(this.#worker, { lost$: this.#lost$, beside: (tell, wake) => new HomeLine(memory, rounds, tell, wake) });
    this.home = new HomeSide(this.#port);
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** Counts one more session in this thread; returns a function that removes it again. */
  hold(): () => void {
    this.sessions += 1;
    this.#worker.ref();
    return () => {
      this.sessions -= 1;
      if (this.sessions > 0) return;
      this.#worker.unref();
      this.#port.rest();
    };
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #lose(why: unknown): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#lost$.error(new EngineLostError(why instanceof Error ? 'the thread failed' : `the thread ended with code ${String(why)}`, why));
  }
}
