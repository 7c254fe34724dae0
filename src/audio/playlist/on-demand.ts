/** Frames of a producer that pushes, and can be told to wait. */
import { BehaviorSubject, defer, distinctUntilChanged, tap, type Observable } from 'rxjs';
import { count, fields, type Check } from '../../checks/check.js';
import { insulated } from '../../edge.js';
import type { FrameQueue, QueueItem, QueueOptions } from '../../frames/frame-queue.js';
import { frameStream, type FrameStream } from '../../frames/frame-stream.js';
import { ObservableFrameQueue } from '../../frames/observable-frame-queue.js';
import type { OpusFrame } from '../../types.js';
import { requireWholeNumber } from '../whole-number.js';

/** When a producer is told to wait, and to continue; in frames. */
export interface DemandOptions {
  /** It must wait when this many frames are ahead of the clock. Default 500, ten seconds of 20 ms frames. */
  readonly high?: number;
  /** It may continue when at most this many are left. Default half of `high`. */
  readonly low?: number;
}

const HIGH = 500;
const checkOptions = fields({
  high: count('a whole number of frames, 1 or more', 1),
  low: count('a whole number of frames, 0 or more', 0),
} satisfies Readonly<Record<keyof DemandOptions, Check>>);

/**
 * Plays the frames of a producer that pushes faster than they play, and tells it when to wait: a WebSocket that can be paused, or requests
 * that can be delayed. Nothing is lost: frames that come all the same wait, up to `buffer.bytes` of the play.
 *
 * ```
 * wanted$   t---f-------t---f      t: wanted, f: enough
 * frames$   -abcd--------efgh      pushed; high: 4, low: 1
 * result    -a--b--c--d--e--f      at the pace of the clock
 * ```
 *
 * @param project called for each play with `wanted$`, which replays its value and emits only changes
 * @throws VoiceOptionsError unless `high` is a whole number of 1 or more, and `low` one below it
 */
export function onDemand(project: (wanted$: Observable<boolean>) => Observable<OpusFrame>, options: DemandOptions = {}): FrameStream {
  checkOptions('', options);
  const { high = HIGH, low = high >> 1 } = options;
  requireWholeNumber('low', low, 0, high - 1);
  return frameStream((read) => new DemandQueue(project, { high, low }, read));
}

class DemandQueue implements FrameQueue {
  readonly #wanted$ = new BehaviorSubject(true);
  readonly #marks: Required<DemandOptions>;
  readonly #queue: ObservableFrameQueue;
  /** Frames in the queue. */
  #ahead = 0;

  constructor(project: (wanted$: Observable<boolean>) => Observable<OpusFrame>, marks: Required<DemandOptions>, read: QueueOptions) {
    this.#marks = marks;
    const wanted$ = insulated(this.#wanted$.pipe(distinctUntilChanged()));
    const frames$ = defer(() => project(wanted$)).pipe(tap(() => this.#came()));
    this.#queue = new ObservableFrameQueue(frames$, { ...read, whenBehind: 'wait' });
  }

  get overflow(): unknown {
    return this.#queue.overflow;
  }

  read(): QueueItem {
    const item = this.#queue.read();
    if (typeof item === 'symbol') return item;
    this.#ahead -= 1;
    if (this.#ahead <= this.#marks.low) this.#wanted$.next(true);
    return item;
  }

  close(): void {
    this.#queue.close();
    this.#wanted$.complete();
  }

  #came(): void {
    this.#ahead += 1;
    if (this.#ahead >= this.#marks.high) this.#wanted$.next(false);
  }
}
