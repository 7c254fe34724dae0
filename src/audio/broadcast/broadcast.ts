/** One source for many sessions. */
import { BehaviorSubject, Subscription, take, type Observable } from 'rxjs';
import { count, fields, having } from '../../checks/check.js';
import { holdBack, insulated, report } from '../../edge.js';
import { READ_CHECKS, resolveReadOptions, type FrameInput, type ReadOptions } from '../../frames/frame-input.js';
import type { FrameQueue } from '../../frames/frame-queue.js';
import { frameStream, type FrameStream } from '../../frames/frame-stream.js';
import { toObservable } from '../../observable-like.js';
import { Airing } from './airing.js';

/** How a {@link broadcast} is read; every field has a default. Its source is read by these {@link ReadOptions}, and not by those of the plays. */
export interface BroadcastOptions extends ReadOptions {
  /**
   * How many frames are kept, for a listener who falls behind: one whose connection is being remade, or whose event loop is late. Who
   * falls behind further goes on at the frame that is on the air. Default 50, a second of 20 ms frames.
   */
  readonly keep?: number;
  /**
   * Subscribed when the last listener has left: until it emits or completes, the source stays open, and the next listener goes on with it.
   * Meanwhile a source that is read stands still; one that pushes goes by. Unless given, the source is let go of at once.
   */
  readonly stayUntil$?: Observable<unknown>;
}

/** What became of a {@link broadcast} so far. */
export interface BroadcastCounts {
  /** How many listen now. */
  readonly listeners: number;
  /** How often the source was opened. */
  readonly openings: number;
  /** Frames that listeners who fell behind did not get, all listeners together. */
  readonly missed: number;
}

/** A source for many sessions: each plays it, `session.play(radio)`, and hears what is on the air. */
export interface Broadcast extends FrameStream {
  /** How many listen. Replays the current number. */
  readonly listeners$: Observable<number>;
  /** A snapshot. */
  readonly counts: BroadcastCounts;
}

const check = fields({
  ...READ_CHECKS,
  keep: count('a whole number of frames, 2 or more', 2),
  stayUntil$: having(['subscribe'], 'an Observable'),
});

/** What is kept unless told otherwise. */
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
 * The listener whose clock is first has the frame read, and the others get the same frame. Time goes on while at least one listens, and no
 * listener waits for a slow or suspended one. Errors and the end reach all, each after the frames before it. The next play after that, by
 * `retry` or `repeat`, opens the source again, once for all. Frames are shared and not copied: do not write into them.
 *
 * If you iterate over it yourself, do so at the pace of the audio: reading ahead moves all listeners ahead.
 *
 * @throws VoiceOptionsError for a wrong option
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
  /** What a newcomer hears. One that is over may still have listeners, who hear the last of it. */
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

  /** What is pushed while nobody listens goes by. */
  #passBy(): void {
    if (this.#airing?.listeners === 0 && toObservable(this.#frames) !== undefined) this.#airing.reading.pass();
  }

  #release(airing: Airing): void {
    if (airing === this.#airing) this.#airing = undefined;
    airing.reading.close();
  }
}
