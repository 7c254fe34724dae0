/** Where what is produced goes, and what can be asked of who produces it. */
import { Subscriber, type Observable } from 'rxjs';
import { guarded, report } from '../edge.js';

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

/** An Observable as a {@link Production}: it comes as it comes. */
export function productionOf(source$: Observable<unknown>, sink: Sink): Production {
  const subscriber = new SinkSubscriber(sink);
  source$.subscribe(subscriber);
  return { demand: () => undefined, close: () => subscriber.unsubscribe() };
}

/** In place of the two objects that RxJS makes for an observer, each of which every frame of every play would pass. */
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
