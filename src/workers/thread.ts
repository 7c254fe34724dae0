/** One thread: started for its first session, and no reason for the process to go on while it has none. */
import { Subject } from 'rxjs';
import { Worker } from 'node:worker_threads';
import { EngineLostError } from '../errors.js';
import { HomeSide } from '../engine/home-side.js';
import { enginePort } from './message-port.js';
import type { WorkerData } from './worker.js';

export class Thread {
  /** Sessions that run in it, or are about to. */
  sessions = 0;
  readonly home: HomeSide;
  readonly #worker: Worker;
  readonly #lost$ = new Subject<never>();
  #lost = false;

  constructor(script: URL | string, data: WorkerData) {
    this.#worker = new Worker(script, { workerData: data, name: 'rxvoice' });
    this.#worker.on('error', (error) => this.#lose(error));
    this.#worker.on('exit', (code) => this.#lose(code));
    this.#worker.unref();
    this.home = new HomeSide(enginePort(this.#worker, { lost$: this.#lost$ }));
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** One more session runs in it; returns what takes it out again. */
  hold(): () => void {
    this.sessions += 1;
    this.#worker.ref();
    return () => {
      this.sessions -= 1;
      if (this.sessions === 0) this.#worker.unref();
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
