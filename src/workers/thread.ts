/** One thread: started for its first session, and no reason for the process to go on while it has none. */
import { Observable, Subject } from 'rxjs';
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

  constructor(script: URL | string, data: WorkerData, ahead: number) {
    this.#worker = new Worker(script, { workerData: data, name: 'rxvoice' });
    this.#worker.on('error', (error) => this.#lose(error));
    this.#worker.on('exit', (code) => this.#lose(code));
    this.#worker.unref();
    this.home = new HomeSide(enginePort(this.#worker, this.#lost$), { ahead });
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** Counts one session for as long as it is subscribed. */
  holding<T>(session$: Observable<T>): Observable<T> {
    return new Observable((subscriber) => {
      this.sessions += 1;
      this.#worker.ref();
      subscriber.add(() => {
        this.sessions -= 1;
        if (this.sessions === 0) this.#worker.unref();
      });
      return session$.subscribe(subscriber);
    });
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
