/** One session that runs elsewhere, as its home side sees it: on one far side, and on the next where that is lost. */
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

/** What is wanted of a session, and how it is to be run. */
export interface RemoteSessionOptions extends Carriage {
  readonly signals$: Observable<VoiceSignal>;
  readonly options: VoiceOptions;
  readonly guildId: Snowflake | null;
  /** ms for which it goes on where it is when this process is gone. Default 0. */
  readonly keep?: number;
  /** What of the options travels. @throws VoiceOptionsError */
  readonly portable: (options: VoiceOptions, session: number) => PortableOptions;
  /**
   * Where it is to run: emits once, and is unsubscribed from when it runs there no more. Asked at first, and again each time that is lost.
   * `to` is what a far side calls another, and then it is that one or an error. That there is none for the moment is an EngineLostError, and
   * that there will be none any more one that says so (`lostForGood`).
   */
  readonly place$: (to?: string) => Observable<HomeSide>;
}

const LEFT = { status: 'ended', reason: 'left', closeCode: null } as const satisfies VoiceState;

/** As `driveVoice$`. */
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
  /** Where it is to go on next: it is about to move there. */
  #next: NextPlace | undefined;
  /** Where it was before, which is let go of when it runs where it goes on: so a far side that is about to end sees how many it still has. */
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
    // Added first: nothing is sent on a session that is being left, and it is told here before the far side has heard of it.
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
    // Ended first: who is left behind without a session may end the link to it.
    const running = new Subscription();
    there.add(running);
    there.add(this.#wanted.place$().subscribe({ next: (home) => this.#begin(home, there, running), error: (error: unknown) => this.#failed(error, true) }));
    if (this.#subscriber.closed) there.unsubscribe();
  }

  /** Options that cannot travel are an error of the session. */
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
    // What is left behind has an end of its own, which is not that of the session.
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
    // The number is needed before the far side asks for the signals; options that cannot travel are found out before anything is said.
    peer.subscribe((number) => ({ ...topic, options: portable(options, number) }), sink, (subscribed) => {
      const session = subscribed.id;
      link = { peer, session, sources, up$ };
      signals.set(session, this.#begun$(there));
      running.add(() => signals.delete(session));
      running.add(() => subscribed.unsubscribe());
    });
    // Behind the session, and ahead of its being ready: what plays is opened while it joins.
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

  /** The signals, which a far side asks for that has begun with the session. */
  #begun$(there: Subscription): Observable<VoiceSignal> {
    return defer(() => {
      if (this.#there === there) this.#losses.begin();
      return this.#signals.signals$;
    });
  }

  /** The far side is about to have it move, and waits a while for where it will go on; or it has waited in vain, and it does not move. */
  #moving(behind: Link, { moving, to }: { readonly moving: boolean; readonly to?: string }): void {
    const topic = (): PrepareTopic => prepareTopic(this.#signals.endpoint, this.#wanted.options, this.#mirror?.sources, to !== undefined);
    this.#next?.release();
    this.#next = moving ? new NextPlace({ place$: () => this.#wanted.place$(to), only: to !== undefined, topic, scheduler: this.#scheduler, behind }) : undefined;
    this.#next?.look();
  }

  /** The far side is about to end: at once, since nothing is wrong, and with the membership kept. What is not ready joins anew all the same. */
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
    // What has failed may be let go of before its error has come: a play fails first.
    if (this.#told || this.#mirror?.outcome !== undefined) return;
    this.#log({ type: 'state', state: LEFT });
    this.#mirror?.leave(LEFT);
  }

  #log(entry: LogEntry): void {
    const { options, guildId } = this.#wanted;
    guarded(() => options.log?.({ ...entry, at: this.#scheduler.now(), guildId }));
  }
}
