/** Answers one subscription of the other side. Nothing is sent after its end, or once nobody listens. */
import { packFrames } from './frame-batch.js';
import { isSentEvent } from './sent-run.js';
import type { FarSink, Production } from './sink.js';
import type { EnginePort, Often } from './wire.js';
import type { ErrorBook } from './wire-error.js';

export class Answer implements FarSink {
  readonly #port: EnginePort;
  readonly #often: Often | undefined;
  readonly #errors: ErrorBook;
  readonly #all: Map<number, Answer>;
  readonly #id: number;
  #production: Production | undefined;
  #over = false;

  /** @param all the answer removes itself from this map at its end */
  constructor(port: EnginePort, errors: ErrorBook, all: Map<number, Answer>, id: number) {
    this.#port = port;
    this.#often = port.often;
    this.#errors = errors;
    this.#all = all;
    this.#id = id;
  }

  /** Undefined until it has started. During the start there may already be values, or an unsubscribe. */
  get production(): Production | undefined {
    return this.#production;
  }

  set production(production: Production | undefined) {
    this.#production = production;
    if (!this.#over) return;
    this.#all.delete(this.#id);
    production?.close();
  }

  next(value: unknown, patience?: number): void {
    if (this.#over) return;
    if (this.#often !== undefined && isSentEvent(value) && this.#often.sent(this.#id, value)) return;
    this.#port.send({ type: 'next', id: this.#id, value }, patience);
  }

  frames(frames: readonly Uint8Array[]): void {
    if (this.#over || this.#often?.frames(this.#id, frames) === true) return;
    this.#port.send({ type: 'next', id: this.#id, value: packFrames(frames) });
  }

  error(error: unknown): void {
    if (this.#end()) this.#port.send({ type: 'error', id: this.#id, error: this.#errors.encode(error) });
  }

  complete(): void {
    if (this.#end()) this.#port.send({ type: 'complete', id: this.#id });
  }

  /** Nobody listens any more. */
  hush(): void {
    this.#over = true;
  }

  /** Nobody listens any more: releases the production too. */
  close(): void {
    this.hush();
    this.#production?.close();
  }

  /** @returns whether the end must be sent */
  #end(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#all.delete(this.#id);
    return true;
  }
}
