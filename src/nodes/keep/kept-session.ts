/**
 * A session that outlives the process of its bot for a while, and goes on with the next one.
 *
 * ```
 * bot's process   ^-------x                 ^-----!      x: gone without a word; ! unsubscribed
 * the next one             kept ms at most
 * session here    ^-------S--------------------- !       S: given to each of them
 * ```
 */
import { Observable, Subject, Subscription, timer, type SchedulerLike, type Subscriber } from 'rxjs';
import type { VoiceOptions } from '../../driver/options.js';
import type { VoiceSession } from '../../driver/session/session.js';
import type { Play } from '../../engine/serve-engine.js';
import { SessionMoved } from '../../engine/session-moved.js';
import { EngineLostError } from '../../errors.js';
import type { FrameInput, PlayOptions } from '../../media/send/play-options.js';
import type { PlayEvent, VoiceSignal } from '../../types.js';
import { KeptPlays } from './kept-plays.js';
import { SpareCredentials } from './spare-credentials.js';

/** Where a session is wanted: one process of a bot. */
export interface Home {
  readonly signals$: Observable<VoiceSignal>;
  readonly options: VoiceOptions;
  /** ms for which the session goes on without it. */
  readonly keep: number;
  /** Whether the bot's process is gone, for all that is known. */
  readonly gone: () => boolean;
  /** When it was heard of last. */
  readonly heardAt: () => number;
}

export class KeptSession {
  /** Emits when the home is gone, and completes when the session is over. */
  readonly alone$ = new Subject<void>();
  readonly #scheduler: SchedulerLike;
  readonly #given: (session: VoiceSession) => void;
  readonly #play: Play;
  readonly #subscription = new Subscription();
  #home: Home;
  #subscriber: Subscriber<VoiceSession> | undefined;
  #session: VoiceSession | undefined;
  #plays: KeptPlays | undefined;
  #listener: Subscriber<VoiceSignal> | undefined;
  #upstream = Subscription.EMPTY;
  #end = Subscription.EMPTY;
  readonly #credentials = new SpareCredentials();
  #ready = false;
  /** Its home is not the first, and has joined anew. */
  #followed = false;
  #done = false;

  /**
   * @param given told of the session that homes are given, before they are
   * @param play as `session.play`
   */
  constructor(home: Home, scheduler: SchedulerLike, given: (session: VoiceSession) => void, play: Play) {
    this.#given = given;
    this.#play = play;
    this.#home = home;
    this.#scheduler = scheduler;
  }

  get alone(): boolean {
    return this.#subscriber === undefined;
  }

  /**
   * Begins it.
   *
   * @param run as `driveVoice$`, over signals and a log that are those of whoever is its home
   */
  begin(subscriber: Subscriber<VoiceSession>, run: (signals$: Observable<VoiceSignal>, options: VoiceOptions) => Observable<VoiceSession>): void {
    this.#attach(subscriber);
    const options: VoiceOptions = { ...this.#home.options, log: (event) => this.#home.options.log?.(event) };
    this.#subscription.add(
      run(this.#signals$(), options).subscribe({
        next: (session) => {
          this.#session = session;
          this.#plays = new KeptPlays(session, this.#play, this.#scheduler);
          this.#given(session);
          this.#subscription.add(session.state$.subscribe(({ status }) => this.#stands(status === 'ready')));
          this.#subscriber?.next(session);
        },
        error: (error: unknown) => this.#over((last) => last.error(error), error),
        complete: () => this.#over((last) => last.complete()),
      }),
    );
  }

  /** Who follows is its home from now on: what he signals is heard, and he is given the session. */
  follow(home: Home, subscriber: Subscriber<VoiceSession>): void {
    this.#end.unsubscribe();
    this.#home = home;
    this.#followed = true;
    this.#attach(subscriber);
    if (this.#session !== undefined) subscriber.next(this.#session);
    this.#listen();
  }

  play$(frames: FrameInput, options: PlayOptions): Observable<PlayEvent> {
    return this.#plays!.play$(frames, options, this.#home.gone);
  }

  /** Ends it where nobody is there; others are told by who ends. */
  endAlone(): void {
    if (this.alone) this.#leave();
  }

  #attach(subscriber: Subscriber<VoiceSession>): void {
    this.#subscriber = subscriber;
    subscriber.add(() => {
      if (this.#subscriber === subscriber) this.#left();
    });
  }

  #left(): void {
    const { keep, gone, heardAt } = this.#home;
    this.#subscriber = undefined;
    if (this.#done) return;
    if (!gone() || keep === 0) return this.#leave();
    this.#plays?.missed(heardAt());
    this.#end = timer(keep, this.#scheduler).subscribe(() => this.#leave());
    this.alone$.next();
  }

  /** Ends it, whoever is there. */
  #leave(): void {
    this.#done = true;
    this.#end.unsubscribe();
    this.#plays?.end();
    this.#subscription.unsubscribe();
    this.#upstream.unsubscribe();
    this.alone$.complete();
  }

  /** Told before anything of it ends: what plays may be taken along. */
  #over(tell: (subscriber: Subscriber<VoiceSession>) => void, error?: unknown): void {
    this.#done = true;
    if (this.#subscriber !== undefined) tell(this.#subscriber);
    // Nobody is there to have it go on elsewhere.
    else if (error instanceof SessionMoved) error.letGo();
    this.#leave();
  }

  #signals$(): Observable<VoiceSignal> {
    return new Observable((listener) => {
      this.#listener = listener;
      this.#listen();
      listener.add(() => {
        if (this.#listener !== listener) return;
        this.#listener = undefined;
        this.#upstream.unsubscribe();
      });
    });
  }

  #stands(ready: boolean): void {
    this.#ready = ready;
    const spare = ready ? undefined : this.#credentials.take();
    if (spare !== undefined) this.#listener?.next(spare);
  }

  /** A home that is lost says nothing more, and is no end of the signals. */
  #listen(): void {
    const listener = this.#listener;
    if (listener === undefined) return;
    this.#upstream.unsubscribe();
    this.#upstream = this.#home.signals$.subscribe({
      next: (signal) => {
        if (this.#credentials.needed(signal, this.#followed && this.#ready)) listener.next(signal);
      },
      error: (error: unknown) => {
        if (!(error instanceof EngineLostError)) listener.error(error);
      },
      complete: () => listener.complete(),
    });
  }
}
