/** Sinks take values; a production fills a sink on demand. */
import { Subscriber, type Observable } from 'rxjs';
import { guarded, report } from '../edge.js';

export interface Sink {
  /** @param patience ms by which the message may be delayed. Default 0. */
  next(value: unknown, patience?: number): void;
  error(error: unknown): void;
  complete(): void;
}

/** The sink of values for the other side. */
export interface FarSink extends Sink {
  /** Like `next` with a `FrameBatch`. The caller may reuse the frames afterwards. */
  frames(frames: readonly Uint8Array[]): void;
}

/** A producer that emits no more than was demanded. */
export interface Production {
  demand(frames: number): void;
  close(): void;
}

/** An Observable as a {@link Production}. It ignores demands. */
export function productionOf(source$: Observable<unknown>, sink: Sink): Production {
  const subscriber = new SinkSubscriber(sink);
  source$.subscribe(subscriber);
  return { demand: () => undefined, close: () => subscriber.unsubscribe() };
}

/** Replaces the two objects that RxJS makes for an observer: each frame of each play would pass through both. */
class SinkSubscriber extends Subscriber<unknown> {
  readonly #sink: Sink;

  constructor(sink: Sink) {
    super();
    this.#sink = sink;
  }

  protected override _next(value: unknown): void {
    try {
      this.#sink.next(value);
    } catch (error) {
      report(error);
    }
  }

  protected override _error(error: unknown): void {
    guarded(() => this.#sink.error(error));
    this.unsubscribe();
  }

  protected override _complete(): void {
    guarded(() => this.#sink.complete());
    this.unsubscribe();
  }
}
