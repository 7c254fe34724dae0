/**
 * Where a session that is about to move will go on: chosen, and made ready, while it still runs where it is.
 *
 * ```
 * place$       ^--h------------!
 * preparation     ^-----r------!       r: it is ready. The session takes both, or neither
 * move         ---------m-             or it cannot be prepared: then nothing is to be waited for, and it moves as without
 * ```
 * Where there is one place only, it moves when that is ready, and not at all where it cannot be.
 */
import { Subscription, timer, type Observable, type SchedulerLike } from 'rxjs';
import { EngineLostError } from '../../errors.js';
import type { HomeSide } from '../home-side.js';
import type { Link } from '../link.js';
import type { Sink } from '../sink.js';
import type { PrepareTopic } from './prepared.js';

/** ms until another is looked for: one that refuses may be about to end itself, which is not known here yet. */
const AGAIN_MS = 50;

/** A far side, with what was prepared on it. */
export interface Place {
  readonly home: HomeSide;
  /** What it is held by. */
  readonly there: Subscription;
  /** What runs there: ended first. */
  readonly running: Subscription;
  /** The number of the subscription that has prepared it. */
  readonly preparation: number;
}

export interface NextPlaceOptions {
  readonly place$: () => Observable<HomeSide>;
  /** Whether it is that one or none. */
  readonly only: boolean;
  readonly topic: () => PrepareTopic;
  readonly scheduler: SchedulerLike;
  /** Where it runs, and waits: told when it need not any more. */
  readonly behind: Link;
}

/** Nothing is answered that has to be known. */
const NOBODY: Sink = { next: () => undefined, error: () => undefined, complete: () => undefined };

export class NextPlace {
  readonly #options: NextPlaceOptions;
  #there = new Subscription();
  #place: Place | undefined;

  constructor(options: NextPlaceOptions) {
    this.#options = options;
  }

  /** Begins. */
  look(): void {
    const there = new Subscription();
    this.#there = there;
    const running = new Subscription();
    there.add(running);
    // That there is none is found out again when it moves.
    there.add(this.#options.place$().subscribe({ next: (home) => this.#prepare(home, there, running), error: () => undefined }));
  }

  /** What is ready: it is the caller's from then on. Undefined, and let go of, where it is not. */
  take(): Place | undefined {
    const place = this.#place;
    this.#place = undefined;
    if (place === undefined) this.#there.unsubscribe();
    this.#there = Subscription.EMPTY;
    return place;
  }

  /** Nothing is to move any more. */
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
    // Taken, or let go of: who runs there is told by himself.
    if (this.#there !== there) return;
    const ready = this.#place?.there === there;
    this.#place = undefined;
    there.unsubscribe();
    // What was ready is lost, and has been waited for; what does not know how to prepare is moved to all the same.
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
