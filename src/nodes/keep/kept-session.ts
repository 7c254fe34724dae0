/**
 * A session that outlives the process of its bot for a while, and that the next process takes over.
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

/** The process of a bot that uses a session. */
export interface Home {
  readonly signals$: Observable<VoiceSignal>;
  readonly options: VoiceOptions;
  /** ms for which the session goes on without the process. */
  readonly keep: number;
  /** Whether the bot's process is considered gone. */
  readonly gone: () => boolean;
  /** When the process was last heard. */
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
  /** Whether its home is not the first one, and so has sent op 4 again. */
  #followed = false;
  #done = false;

  /**
   * @param given called with the session before the homes get it
   * @param play used like `session.play`
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
   * Starts the session.
   *
   * @param run like `driveVoice$`; its signals and log are always those of the current home
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

  /** Makes the next process the home: its signals are used, and it is given the session. */
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

  /** Ends the session if it has no home. The caller tells the other homes itself. */
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

  /** Ends the session, with or without a home. */
  #leave(): void {
    this.#done = true;
    this.#end.unsubscribe();
    this.#plays?.end();
    this.#subscription.unsubscribe();
    this.#upstream.unsubscribe();
    this.alone$.complete();
  }

  /** Notifies the home before anything is torn down: what plays may move with the session. */
  #over(tell: (subscriber: Subscriber<VoiceSession>) => void, error?: unknown): void {
    this.#done = true;
    if (this.#subscriber !== undefined) tell(this.#subscriber);
    // There is no home that could continue it elsewhere.
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

  /** Forwards the signals of the current home. If the home is lost, the signals do not end. */
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
