/** One side of the wire: subscribes to topics of the other side, and serves its subscriptions. */
import { Observable, Subscription, type Subscriber } from 'rxjs';
import { Answer } from './answer.js';
import type { FarSink, Production, Sink } from './sink.js';
import type { EnginePort, Topic, WireMessage } from './wire.js';
import { ErrorBook } from './wire-error.js';

/** Starts the production for a topic. `id` is the number of the subscription, which other topics can refer to. */
export type Produce = (topic: Topic, sink: FarSink, id: number) => Production;

/** A subscription to the other side. */
export interface Subscribed {
  readonly id: number;
  /** Allows so many more frames. @param patience ms by which the message may be delayed. Default 0. */
  demand(frames: number, patience?: number): void;
  unsubscribe(): void;
}

export class Peer {
  readonly #port: EnginePort;
  readonly #produce: Produce;
  readonly #errors = new ErrorBook();
  /** Our subscriptions to the other side, by id. */
  readonly #listening = new Map<number, Sink>();
  /** The other side's subscriptions to us, by id. */
  readonly #producing = new Map<number, Answer>();
  readonly #subscription = new Subscription();
  #last = 0;
  #lost: { readonly error: unknown } | undefined;

  constructor(port: EnginePort, produce: Produce) {
    this.#port = port;
    this.#produce = produce;
    this.#subscription.add(port.messages$.subscribe({ next: (message) => this.#receive(message), error: (error: unknown) => this.lose(error) }));
    port.often?.listen(
      (id, value) => this.#listening.get(id)?.next(value),
      (id, frames) => this.#producing.get(id)?.production?.demand(frames),
    );
  }

  /** Subscribes to a topic of the other side. If that is in the same thread, `sink` may be called before this returns. */
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

  /** The same as a cold Observable. */
  observe$(topic: Topic): Observable<unknown> {
    return new Observable((subscriber: Subscriber<unknown>) => {
      this.subscribe(topic, subscriber, (subscribed) => subscriber.add(() => subscribed.unsubscribe()));
    });
  }

  /** The other side is gone: our subscriptions error, and the productions for it are released. */
  lose(error: unknown): void {
    if (this.#lost !== undefined) return;
    this.#lost = { error };
    this.#subscription.unsubscribe();
    const answers = [...this.#producing.values()];
    const sinks = [...this.#listening.values()];
    this.#producing.clear();
    this.#listening.clear();
    for (const answer of answers) answer.hush();
    for (const answer of answers) answer.close();
    for (const sink of sinks) sink.error(error);
  }

  #receive(message: WireMessage): void {
    const { id } = message;
    switch (message.type) {
      case 'subscribe':
        this.#begin(id, message.topic);
        return;
      case 'demand':
        this.#producing.get(id)?.production?.demand(message.frames);
        return;
      case 'unsubscribe': {
        const answer = this.#producing.get(id);
        this.#producing.delete(id);
        answer?.close();
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
    const answer = new Answer(this.#port, this.#errors, this.#producing, id);
    this.#producing.set(id, answer);
    try {
      answer.production = this.#produce(topic, answer, id);
    } catch (error) {
      answer.error(error);
    }
  }
}
