/** One side of the wire: subscribes to what the other has, and lets it subscribe to what is here. */
import { Observable, Subscription, type Subscriber } from 'rxjs';
import type { EnginePort, Topic, WireMessage } from './wire.js';
import { packFrames } from './frame-batch.js';
import { isSentEvent } from './sent-run.js';
import { ErrorBook } from './wire-error.js';

/** Where what is produced goes. */
export interface Sink {
  /** @param patience ms that the other side may be left in ignorance of it. Default 0. */
  next(value: unknown, patience?: number): void;
  error(error: unknown): void;
  complete(): void;
}

/** Where what is made for the other side goes. */
export interface FarSink extends Sink {
  /** As `next` with a `FrameBatch`. The frames are its caller's again afterwards. */
  frames(frames: readonly Uint8Array[]): void;
}

/** Something that gives no more than is asked for. */
export interface Production {
  demand(frames: number): void;
  close(): void;
}

/** Begins what a topic is about. `id` is the number of the subscription, by which other topics may name it. */
export type Produce = (topic: Topic, sink: FarSink, id: number) => Production;

/** An Observable as a {@link Production}: it comes as it comes. */
export function productionOf(source$: Observable<unknown>, sink: Sink): Production {
  const subscription = source$.subscribe(sink);
  return { demand: () => undefined, close: () => subscription.unsubscribe() };
}

/** What is subscribed to on the other side. */
export interface Subscribed {
  readonly id: number;
  /** Lets so many more come. @param patience ms that the other side may be left in ignorance of it. Default 0. */
  demand(frames: number, patience?: number): void;
  unsubscribe(): void;
}

export class Peer {
  readonly #port: EnginePort;
  readonly #produce: Produce;
  readonly #errors = new ErrorBook();
  /** Ours, of theirs. */
  readonly #listening = new Map<number, Sink>();
  /** Theirs, of ours. */
  readonly #producing = new Map<number, Production>();
  readonly #subscription = new Subscription();
  #last = 0;
  #lost: { readonly error: unknown } | undefined;

  constructor(port: EnginePort, produce: Produce) {
    this.#port = port;
    this.#produce = produce;
    this.#subscription.add(port.messages$.subscribe({ next: (message) => this.#receive(message), error: (error: unknown) => this.lose(error) }));
    port.often?.listen((id, value) => this.#listening.get(id)?.next(value));
  }

  /** Subscribes to what the other side has. `sink` may be called before this returns, where the other side is in the same thread. */
  subscribe(topic: Topic | ((id: number) => Topic), sink: Sink, begun?: (subscribed: Subscribed) => void): Subscribed {
    this.#last += 1;
    const id = this.#last;
    const subscribed: Subscribed = {
      id,
      demand: (frames, patience) => {
        if (this.#listening.has(id)) this.#port.send({ type: 'demand', id, frames }, patience);
      },
      unsubscribe: () => {
        if (this.#listening.delete(id)) this.#port.send({ type: 'unsubscribe', id });
      },
    };
    const about = typeof topic === 'function' ? topic(id) : topic;
    begun?.(subscribed);
    if (this.#lost !== undefined) {
      sink.error(this.#lost.error);
      return subscribed;
    }
    this.#listening.set(id, sink);
    this.#port.send({ type: 'subscribe', id, topic: about });
    return subscribed;
  }

  /** The same as an Observable, cold. */
  observe$(topic: Topic): Observable<unknown> {
    return new Observable((subscriber: Subscriber<unknown>) => {
      this.subscribe(topic, subscriber, (subscribed) => subscriber.add(() => subscribed.unsubscribe()));
    });
  }

  /** The other side is no more: what was heard from it errors, and what was given to it is let go of. */
  lose(error: unknown): void {
    if (this.#lost !== undefined) return;
    this.#lost = { error };
    this.#subscription.unsubscribe();
    const productions = [...this.#producing.values()];
    const sinks = [...this.#listening.values()];
    this.#producing.clear();
    this.#listening.clear();
    for (const production of productions) production.close();
    for (const sink of sinks) sink.error(error);
  }

  #receive(message: WireMessage): void {
    const { id } = message;
    switch (message.type) {
      case 'subscribe':
        this.#begin(id, message.topic);
        return;
      case 'demand':
        this.#producing.get(id)?.demand(message.frames);
        return;
      case 'unsubscribe': {
        const production = this.#producing.get(id);
        this.#producing.delete(id);
        production?.close();
        return;
      }
      case 'next':
        this.#listening.get(id)?.next(message.value);
        return;
      case 'complete':
      case 'error': {
        const sink = this.#listening.get(id);
        this.#listening.delete(id);
        if (message.type === 'complete') sink?.complete();
        else sink?.error(this.#errors.decode(message.error));
      }
    }
  }

  #begin(id: number, topic: Topic): void {
    let over = false;
    /** Says it, unless all has been said. */
    const tell = (message: WireMessage, patience?: number): void => {
      if (silent()) return;
      if (message.type !== 'next') over = true;
      if (over) this.#producing.delete(id);
      this.#port.send(message, patience);
    };
    const { often } = this.#port;
    const silent = (): boolean => over || this.#lost !== undefined;
    const sink: FarSink = {
      next: (value, patience) => {
        if (often !== undefined && isSentEvent(value) && !silent() && often.sent(id, value)) return;
        tell({ type: 'next', id, value }, patience);
      },
      frames: (frames) => {
        if (often === undefined || silent() || !often.frames(id, frames)) tell({ type: 'next', id, value: packFrames(frames) });
      },
      error: (error) => tell({ type: 'error', id, error: this.#errors.encode(error) }),
      complete: () => tell({ type: 'complete', id }),
    };
    // Unsubscribed within the beginning, as where both sides are in one thread.
    let closed = false;
    this.#producing.set(id, { demand: () => undefined, close: () => void (closed = over = true) });
    let production: Production;
    try {
      production = this.#produce(topic, sink, id);
    } catch (error) {
      this.#producing.delete(id);
      sink.error(error);
      return;
    }
    if (closed || over) {
      this.#producing.delete(id);
      production.close();
    } else this.#producing.set(id, { demand: (frames) => production.demand(frames), close: () => { over = true; production.close(); } }); // prettier-ignore
  }
}

