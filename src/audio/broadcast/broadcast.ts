/** One source for many sessions. */
import { BehaviorSubject, Subscription, take, type Observable } from 'rxjs';
import { count, fields, having } from '../../checks/check.js';
import { holdBack, insulated, report } from '../../edge.js';
import { READ_CHECKS, resolveReadOptions, type FrameInput, type ReadOptions } from '../../frames/frame-input.js';
import type { FrameQueue } from '../../frames/frame-queue.js';
import { frameStream, type FrameStream } from '../../frames/frame-stream.js';
import { toObservable } from '../../observable-like.js';
import { Airing } from './airing.js';

/** How a {@link broadcast} is read; every field has a default. Its source is read with these {@link ReadOptions}, not with those of the plays. */
export interface BroadcastOptions extends ReadOptions {
  /**
   * How many frames are kept for a listener who falls behind, because its connection is being restored or its event loop is late. A
   * listener who falls further behind continues at the current frame. Default 50, a second of 20 ms frames.
   */
  readonly keep?: number;
  /**
   * Subscribed to when the last listener has left: until it emits or completes, the source stays open, and the next listener continues with
   * it. Meanwhile a pulled source stands still, and frames of a pushing source are dropped. Default: the source is closed at once.
   */
  readonly stayUntil$?: Observable<unknown>;
}

/** The counters of a {@link broadcast}. */
export interface BroadcastCounts {
  /** How many sessions listen now. */
  readonly listeners: number;
  /** How often the source was opened. */
  readonly openings: number;
  /** Frames that listeners who fell behind did not get, summed over all listeners. */
  readonly missed: number;
}

/** A source for many sessions: each plays it with `session.play(radio)`, and hears the current frames. */
export interface Broadcast extends FrameStream {
  /** How many sessions listen. Replays the current number. */
  readonly listeners$: Observable<number>;
  /** A snapshot. */
  readonly counts: BroadcastCounts;
}

const check = fields({
  ...READ_CHECKS,
  keep: count('a whole number of frames, 2 or more', 2),
  stayUntil$: having(['subscribe'], 'an Observable'),
});

/** The default of `keep`. */
const KEEP = 50;

/**
 * Makes one source, read and encoded once, playable by any number of sessions.
 *
 * ```
 * source    a-b-c-d-e-f-g-h-|     opened for the first listener, closed after the last
 * one       a-b-c-d-e-f-g-h-|
 * another       c-d-e-f-g-h-|     begins with the frame that is on the air
 * a third   a-b-     !g-h-|       was away for longer than is kept: e.g. d, e and f are missed, and counted
 * ```
 *
 * The listener whose clock ticks first causes a frame to be read, and the others get the same frame. Time advances while at least one listens,
 * and no listener waits for a slow or suspended one. Errors and the end reach all, each after the frames before it. The next play after that, by
 * `retry` or `repeat`, opens the source again, once for all. Frames are shared and not copied: do not write into them.
 *
 * If you iterate over it yourself, do so at the pace of the audio: reading ahead moves all listeners ahead.
 *
 * @throws VoiceOptionsError for an invalid option
 */
export function broadcast(frames: FrameInput, options: BroadcastOptions = {}): Broadcast {
  check('', options);
  holdBack(frames);
  const station = new Station(frames, options);
  return {
    ...frameStream(({ onReadable }) => station.join(onReadable)),
    listeners$: insulated(station.listeners$),
    get counts() {
      return station.counts;
    },
  };
}

class Station {
  readonly listeners$ = new BehaviorSubject(0);
  readonly #frames: FrameInput;
  readonly #options: BroadcastOptions;
  /** The airing that a new listener joins. An earlier one may still have listeners, who hear its last frames. */
  #airing: Airing | undefined;
  #staying = Subscription.EMPTY;
  #openings = 0;
  #missed = 0;

  constructor(frames: FrameInput, options: BroadcastOptions) {
    this.#frames = frames;
    this.#options = options;
  }

  get counts(): BroadcastCounts {
    return { listeners: this.listeners$.value, openings: this.#openings, missed: this.#missed };
  }

  join(onReadable: () => void): FrameQueue {
    if (this.#airing === undefined || this.#airing.reading.over) this.#airing = this.#open();
    this.#staying.unsubscribe();
    return this.#airing.join(onReadable);
  }

  #open(): Airing {
    let listeners = 0;
    const airing: Airing = new Airing(this.#frames, this.#options.keep ?? KEEP, resolveReadOptions(this.#options), {
      missed: (frames) => (this.#missed += frames),
      changed: () => {
        const change = airing.listeners - listeners;
        listeners = airing.listeners;
        if (listeners === 0) this.#alone(airing);
        this.listeners$.next(this.listeners$.value + change);
      },
      readable: () => this.#passBy(),
    });
    this.#openings += 1;
    return airing;
  }

  /** The last listener of an airing has left. */
  #alone(airing: Airing): void {
    const { stayUntil$ } = this.#options;
    if (airing !== this.#airing || airing.reading.over || stayUntil$ === undefined) {
      this.#release(airing);
      return;
    }
    const release = (): void => this.#release(airing);
    const failed = (error: unknown): void => {
      release();
      report(error);
    };
    this.#staying = insulated(stayUntil$).pipe(take(1)).subscribe({ error: failed, complete: release });
    this.#passBy();
  }

  /** Drops frames that are pushed while nobody listens. */
  #passBy(): void {
    if (this.#airing?.listeners === 0 && toObservable(this.#frames) !== undefined) this.#airing.reading.pass();
  }

  #release(airing: Airing): void {
    if (airing === this.#airing) this.#airing = undefined;
    airing.reading.close();
  }
}
