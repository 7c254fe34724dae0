/** The home side of one session that runs elsewhere: on one far side, and on the next one if that is lost. */
import { defer, Observable, Subscription, timer, type SchedulerLike, type Subscriber } from 'rxjs';
import { guarded } from '../edge.js';
import { EngineLostError } from '../errors.js';
import type { VoiceOptions } from '../driver/options.js';
import type { VoiceSession } from '../driver/session/session.js';
import type { LogEntry } from '../log.js';
import { steadyScheduler } from '../steady-scheduler.js';
import type { Snowflake, VoiceSignal, VoiceState } from '../types.js';
import type { Carriage } from './carriage.js';
import { HeldSignals } from './held-signals.js';
import { NextPlace } from './hand-over/next-place.js';
import { prepareTopic, type PrepareTopic } from './hand-over/prepared.js';
import type { HomeSide } from './home-side.js';
import type { Link } from './link.js';
import { Losses } from './losses.js';
import { isForGood } from './lost-for-good.js';
import type { PortableOptions } from './portable-options.js';
import { SessionMirror } from './session-mirror.js';
import type { ReadySession, SessionNews } from './session-news.js';
import { WIRE_VERSION } from './wire.js';

/** The options of a remote session. */
export interface RemoteSessionOptions extends Carriage {
  readonly signals$: Observable<VoiceSignal>;
  readonly options: VoiceOptions;
  readonly guildId: Snowflake | null;
  /** How long the session goes on where it runs after this process is gone, in ms. Default 0. */
  readonly keep?: number;
  /** The options that are sent to the far side. @throws VoiceOptionsError */
  readonly portable: (options: VoiceOptions, session: number) => PortableOptions;
  /**
   * The place where it runs: emits once, and is unsubscribed when the session no longer runs there. Called first, and again each time the place is
   * lost. `to` is a place that a far side has named; the result is then that place or an error. If there is no place for now, it errors with an
   * EngineLostError, and if there will never be one, with one marked by `lostForGood`.
   */
  readonly place$: (to?: string) => Observable<HomeSide>;
}

const LEFT = { status: 'ended', reason: 'left', closeCode: null } as const satisfies VoiceState;

/** Like `driveVoice$`. */
export function remoteSession$(wanted: RemoteSessionOptions): Observable<VoiceSession> {
  return new Observable((subscriber) => new RemoteSession(wanted, subscriber).run());
}

class RemoteSession {
  readonly #wanted: RemoteSessionOptions;
  readonly #subscriber: Subscriber<VoiceSession>;
  readonly #scheduler: SchedulerLike;
  readonly #signals: HeldSignals;
  #mirror: SessionMirror | undefined;
  #there = new Subscription();
  /** The place to which it is about to move. */
  #next: NextPlace | undefined;
  /**
   * The previous place, released when the session runs at the next one: so a far side that is about to end can see how many sessions it still has.
   */
  #behind = Subscription.EMPTY;
  readonly #losses = new Losses();
  #told = false;

  constructor(wanted: RemoteSessionOptions, subscriber: Subscriber<VoiceSession>) {
    this.#wanted = wanted;
    this.#subscriber = subscriber;
    this.#scheduler = wanted.options.scheduler ?? steadyScheduler;
    this.#signals = new HeldSignals(wanted.signals$);
  }

  run(): void {
    // Added first: nothing is sent on a session that is being left, and the end is reported here before the far side knows of it.
    this.#subscriber.add(() => this.#left());
    this.#subscriber.add(() => this.#next?.release());
    this.#subscriber.add(() => this.#there.unsubscribe());
    this.#subscriber.add(() => this.#behind.unsubscribe());
    this.#subscriber.add(() => this.#signals.release());
    this.#go();
  }

  #go(): void {
    this.#losses.look();
    const place = this.#next?.take();
    this.#next = undefined;
    if (place !== undefined) return this.#begin(place.home, (this.#there = place.there), place.running, place.preparation);
    const there = new Subscription();
    this.#there = there;
    // Unsubscribed first: a far side without a session may end its link.
    const running = new Subscription();
    there.add(running);
    there.add(this.#wanted.place$().subscribe({ next: (home) => this.#begin(home, there, running), error: (error: unknown) => this.#failed(error, true) }));
    if (this.#subscriber.closed) there.unsubscribe();
  }

  /** Options that cannot be sent are an error of the session. */
  #begin(home: HomeSide, there: Subscription, running: Subscription, preparation?: number): void {
    try {
      this.#run(home, there, running, preparation);
    } catch (error) {
      this.#failed(error);
    }
  }

  #run({ peer, signals, sources, up$ }: HomeSide, there: Subscription, running: Subscription, prepared?: number): void {
    const { options, guildId, portable, keep = 0 } = this.#wanted;
    let link: Link;
    const optional = { ...(keep > 0 ? { keep } : {}), ...(prepared === undefined ? {} : { prepared }) };
    const topic = { what: 'session', version: WIRE_VERSION, guildId, log: options.log !== undefined, prepares: true, directed: true, ...optional } as const;
    // A place that was left ends separately, and its end is not that of the session.
    const left = (): boolean => this.#there !== there;
    const sink = {
      next: (news: unknown) => {
        if (!left()) this.#hear(news as SessionNews, link);
      },
      error: (error: unknown) => {
        if (!left()) this.#failed(error);
      },
      complete: () => {
        if (left()) return;
        this.#over();
        this.#subscriber.complete();
      },
    };
    // The number is needed before the far side requests the signals; options that cannot be sent are detected before anything is sent.
    peer.subscribe((number) => ({ ...topic, options: portable(options, number) }), sink, (subscribed) => {
      const session = subscribed.id;
      link = { peer, session, sources, up$ };
      signals.set(session, this.#begun$(there));
      running.add(() => signals.delete(session));
      running.add(() => subscribed.unsubscribe());
    });
    // After the session is requested, and before it is ready: the sources of its plays are opened while it joins.
    if (prepared !== undefined && !left()) this.#mirror?.playOn(link!);
  }

  #hear(news: SessionNews, link: Link): void {
    if ('log' in news) guarded(() => this.#wanted.options.log?.(news.log));
    else if ('change' in news) this.#mirror?.change(news.change);
    else if ('ended' in news) this.#mirror?.ended(news.ended);
    else if ('moving' in news) this.#moving(link, news);
    else if ('moved' in news) this.#moved();
    else this.#ready(news.ready, link);
  }

  #ready(ready: ReadySession, link: Link): void {
    this.#losses.ready(this.#scheduler.now());
    this.#behind.unsubscribe();
    if (this.#mirror !== undefined) return this.#mirror.goOn(link, ready.now);
    this.#mirror = new SessionMirror(link, ready, this.#wanted, { scheduler: this.#scheduler, held: (held) => this.#log({ type: 'held', held }) });
    this.#subscriber.next(this.#mirror.session);
  }

  #failed(error: unknown, nowhere = false): void {
    const delay = error instanceof EngineLostError && !isForGood(error) ? this.#losses.lose(this.#scheduler.now(), nowhere) : undefined;
    if (delay === undefined) {
      this.#over();
      this.#subscriber.error(error);
      return;
    }
    this.#next?.release();
    this.#there.unsubscribe();
    this.#behind.unsubscribe();
    this.#suspend(this.#losses.attempt);
    this.#there = timer(delay, this.#scheduler).subscribe(() => this.#go());
  }

  /** The signals. A far side that requests them has begun with the session. */
  #begun$(there: Subscription): Observable<VoiceSignal> {
    return defer(() => {
      if (this.#there === there) this.#losses.begin();
      return this.#signals.signals$;
    });
  }

  /** The far side is about to move the session, and waits a while for its next place; or it has waited in vain, and the session does not move. */
  #moving(behind: Link, { moving, to }: { readonly moving: boolean; readonly to?: string }): void {
    const topic = (): PrepareTopic => prepareTopic(this.#signals.endpoint, this.#wanted.options, this.#mirror?.sources, to !== undefined);
    this.#next?.release();
    this.#next = moving ? new NextPlace({ place$: () => this.#wanted.place$(to), only: to !== undefined, topic, scheduler: this.#scheduler, behind }) : undefined;
    this.#next?.look();
  }

  /**
   * The far side is about to end: the session goes on elsewhere at once, because nothing is wrong, and the membership is kept. A session that is not
   * ready joins again all the same.
   */
  #moved(): void {
    this.#losses.move();
    this.#signals.hold();
    this.#behind.unsubscribe();
    this.#behind = this.#there;
    this.#suspend(1);
    this.#go();
  }

  #suspend(attempt: number): void {
    this.#log({ type: 'state', state: { status: 'reconnecting', attempt, closeCode: null } });
    this.#mirror?.lost(attempt);
  }

  #over(): void {
    this.#told = true;
    this.#mirror?.close();
  }

  #left(): void {
    // A failed session may be unsubscribed before its error arrives: a play fails first.
    if (this.#told || this.#mirror?.outcome !== undefined) return;
    this.#log({ type: 'state', state: LEFT });
    this.#mirror?.leave(LEFT);
  }

  #log(entry: LogEntry): void {
    const { options, guildId } = this.#wanted;
    guarded(() => options.log?.({ ...entry, at: this.#scheduler.now(), guildId }));
  }
}
