/**
 * The next place of a session that is about to move: chosen and prepared while the session still runs in the old place.
 *
 * ```
 * place$       ^--h------------!
 * preparation     ^-----r------!       r: it is ready. The session takes both, or neither
 * move         ---------m-             or it cannot be prepared: then it does not wait, and moves unprepared
 * ```
 * If only one place is allowed, the session moves when that is ready, and does not move if it cannot be prepared.
 */
import { Subscription, timer, type Observable, type SchedulerLike } from 'rxjs';
import { EngineLostError } from '../../errors.js';
import type { HomeSide } from '../home-side.js';
import type { Link } from '../link.js';
import type { Sink } from '../sink.js';
import type { PrepareTopic } from './prepared.js';

/** The delay before another place is looked for, in ms: one that refuses may be about to end, which is not known here yet. */
const AGAIN_MS = 50;

/** A far side, with the preparation on it. */
export interface Place {
  readonly home: HomeSide;
  /** The subscription that holds the place. */
  readonly there: Subscription;
  /** What runs there; unsubscribed first. */
  readonly running: Subscription;
  /** The number of the subscription that prepared it. */
  readonly preparation: number;
}

export interface NextPlaceOptions {
  readonly place$: () => Observable<HomeSide>;
  /** Whether only the place that `place$` names is allowed. */
  readonly only: boolean;
  readonly topic: () => PrepareTopic;
  readonly scheduler: SchedulerLike;
  /** The place where the session runs and waits; it is told when it need not wait any longer. */
  readonly behind: Link;
}

/** A sink that ignores the answer. */
const NOBODY: Sink = { next: () => undefined, error: () => undefined, complete: () => undefined };

export class NextPlace {
  readonly #options: NextPlaceOptions;
  #there = new Subscription();
  #place: Place | undefined;

  constructor(options: NextPlaceOptions) {
    this.#options = options;
  }

  /** Starts to look for a place. */
  look(): void {
    const there = new Subscription();
    this.#there = there;
    const running = new Subscription();
    there.add(running);
    // An error is ignored: if there is no place, the move itself finds that out again.
    there.add(this.#options.place$().subscribe({ next: (home) => this.#prepare(home, there, running), error: () => undefined }));
  }

  /** The place if it is ready, which the caller then owns. Otherwise undefined, and the place is released. */
  take(): Place | undefined {
    const place = this.#place;
    this.#place = undefined;
    if (place === undefined) this.#there.unsubscribe();
    this.#there = Subscription.EMPTY;
    return place;
  }

  /** The session does not move: releases the place. */
  release(): void {
    this.take()?.there.unsubscribe();
  }

  #prepare(home: HomeSide, there: Subscription, running: Subscription): void {
    let preparation = 0;
    const sink = {
      next: () => {
        if (this.#there !== there) return;
        this.#place = { home, there, running, preparation };
        this.#done();
      },
      error: (error: unknown) => this.#failed(error, there),
      complete: () => undefined,
    };
    home.peer.subscribe(this.#options.topic(), sink, (subscribed) => {
      preparation = subscribed.id;
      running.add(() => subscribed.unsubscribe());
    });
  }

  #failed(error: unknown, there: Subscription): void {
    // The place was taken or released: a session that runs there gets the error itself.
    if (this.#there !== there) return;
    const ready = this.#place?.there === there;
    this.#place = undefined;
    there.unsubscribe();
    // If the place was ready, the wait is already over. A place that cannot prepare is moved to all the same.
    if (ready || this.#options.only) return;
    if (!(error instanceof EngineLostError)) return this.#done();
    const again = new Subscription();
    this.#there = again;
    again.add(timer(AGAIN_MS, this.#options.scheduler).subscribe(() => this.look()));
  }

  #done(): void {
    const { peer, session } = this.#options.behind;
    peer.subscribe({ what: 'move', session }, NOBODY);
  }
}
