/**
 * The home side of a session: replaying streams are mirrored, hot streams are requested when somebody subscribes, and the sources of plays are read
 * here.
 */
import { BehaviorSubject, catchError, concat, defer, distinctUntilChanged, EMPTY, filter, map, NEVER, Observable, of, ReplaySubject, Subject, switchMap, take, takeUntil, takeWhile, throwError } from 'rxjs'; // prettier-ignore
import { holdBack, insulated } from '../edge.js';
import { EngineLostError, SessionEndedError } from '../errors.js';
import { Current } from '../driver/session/current.js';
import type { VoiceSession } from '../driver/session/session.js';
import { sessionView, type SessionView } from '../driver/session/view.js';
import type { FrameDescription } from '../frames/description.js';
import { Heard } from '../media/send/play-end.js';
import { checkPlayOptions, type FrameInput, type PlayOptions } from '../media/send/play-options.js';
import type { CallMember, EndReason, Latency, PlayEvent, Snowflake, VoiceState } from '../types.js';
import type { Carriage, PlaysAtHome } from './carriage.js';
import type { Link } from './link.js';
import { Plays } from './plays.js';
import type { ReadySession, SessionSnapshot } from './session-news.js';
import type { Topic } from './wire.js';

type Outcome = Extract<VoiceState, { readonly status: 'ended' | 'failed' }>;
type Hot = 'speaking$' | 'quality$' | 'rtcp$' | 'stats$';

export class SessionMirror {
  readonly session: VoiceSession;
  readonly #link$: BehaviorSubject<Link | undefined>;
  readonly #plays: Plays;
  readonly #home: PlaysAtHome;
  readonly #told: Current<SessionView>;
  readonly #members: Current<ReadonlySet<Snowflake>>;
  readonly #roster: Current<ReadonlyMap<Snowflake, CallMember>>;
  readonly #latency: Current<Latency | null>;
  readonly #ended$ = new ReplaySubject<EndReason>(1);
  readonly #over$ = new Subject<void>();
  #over = false;

  /** @param home supplies the session's scheduler */
  constructor(link: Link, { guildId, userId, now }: ReadySession, carriage: Carriage, home: PlaysAtHome) {
    this.#link$ = new BehaviorSubject<Link | undefined>(link);
    this.#plays = new Plays(carriage, home);
    this.#plays.use(link);
    this.#home = home;
    this.#told = new Current(viewAfter(now));
    this.#members = new Current(now.members);
    this.#roster = new Current(now.roster);
    this.#latency = new Current(now.latency);
    const told = <T>(pick: (view: SessionView) => T): Observable<T> => insulated(this.#told.values$.pipe(map(pick), distinctUntilChanged()));
    this.session = {
      guildId,
      userId,
      state$: told(({ state }) => state),
      health$: told(({ health }) => health),
      e2ee$: told(({ e2ee }) => e2ee),
      ended$: insulated(this.#ended$),
      members$: insulated(this.#members.values$),
      roster$: insulated(this.#roster.values$),
      latency$: insulated(this.#latency.values$.pipe(filter((latency) => latency !== null))),
      speaking$: this.#hot$('speaking$'),
      quality$: this.#hot$('quality$'),
      rtcp$: this.#hot$('rtcp$'),
      stats$: this.#hot$('stats$'),
      verify: (member) => insulated(this.#unlessEnded(() => this.#ask$<string | null>((session) => ({ what: 'verify', session, userId: member })).pipe(take(1)))),
      receive: (speaker) =>
        insulated(this.#unlessEnded(() => this.#ask$((session) => ({ what: 'receive', session, ...(speaker === undefined ? {} : { userId: speaker }) })))),
      play: (frames, options) => this.#play$(frames, options),
    };
  }

  change({ members, roster, latency, ...view }: Partial<SessionSnapshot>): void {
    if (Object.keys(view).length > 0) this.#told.next(viewAfter(view, this.#told.value));
    if (members !== undefined) this.#members.next(members);
    if (roster !== undefined) this.#roster.next(roster);
    if (latency !== undefined) this.#latency.next(latency);
  }

  /** The far side is lost: what plays is held, and replaying streams keep their values. */
  lost(attempt: number): void {
    this.#view({ status: 'reconnecting', attempt, closeCode: null });
    this.#plays.use(undefined);
    this.#link$.next(undefined);
  }

  /** The sources of the plays, as a far side would open them. */
  get sources(): readonly FrameDescription[] {
    return this.#plays.sources;
  }

  /** The session is about to go on there, where the sources of its plays are already opened. */
  playOn(link: Link): void {
    this.#plays.use(link);
  }

  /** The session goes on there, with the state that it has there now. */
  goOn(link: Link, now: SessionSnapshot): void {
    this.change(now);
    this.#link$.next(link);
    this.#plays.use(link);
  }

  ended(reason: EndReason): void {
    this.#ended$.next(reason);
  }

  /** The home side leaves the session: its end is reported here at once, before the far side knows. */
  leave(state: Outcome): void {
    if (this.#over || this.outcome !== undefined) return this.close();
    this.#view(state);
    this.#ended$.next('left');
    this.#plays.end(new SessionEndedError());
    this.close();
  }

  /** Everything has been reported: completes all streams. */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#over$.next();
    for (const subject of [this.#ended$, this.#members, this.#roster, this.#latency, this.#told]) subject.complete();
  }

  /** Reports a state that is detected here, in the way in which the far side would report it. */
  #view(state: VoiceState): void {
    const before = this.#told.value;
    const { suppressed, fault } = before.health;
    this.#told.next(sessionView({ state, e2ee: before.e2ee, suppressed, fault }, this.#home.scheduler.now(), before));
  }

  /** How it ended; undefined while it lives. */
  get outcome(): Outcome | undefined {
    const { state } = this.#told.value;
    return state.status === 'ended' || state.status === 'failed' ? state : undefined;
  }

  /** A request that is repeated on each far side in turn. */
  #ask$<T>(topic: (session: number) => Topic): Observable<T> {
    return new Observable<T>((subscriber) => {
      const asked$ = this.#link$.pipe(
        switchMap((link) => {
          if (link === undefined) return NEVER;
          const answer$ = (link.peer.observe$(topic(link.session)) as Observable<T>).pipe(
            catchError((error: unknown) => (error instanceof EngineLostError ? NEVER : throwError(() => error))),
          );
          // If the far side completes the answer, it is complete, and is not requested from another far side.
          return concat(answer$.pipe(map((value) => ({ value }))), of(null));
        }),
        takeWhile((answer) => answer !== null),
        map(({ value }) => value),
        takeUntil(this.#over$),
      );
      return asked$.subscribe(subscriber);
    });
  }

  #hot$<K extends Hot>(what: K): VoiceSession[K] {
    return insulated(defer(() => (this.#over ? EMPTY : this.#ask$((session) => ({ what, session }))))) as VoiceSession[K];
  }

  #play$(frames: FrameInput, options: PlayOptions = {}): Observable<PlayEvent> {
    // Called before anybody subscribes: a source that waits in a playlist may fail in the meantime.
    holdBack(frames);
    return insulated(
      defer(() => {
        checkPlayOptions(options);
        const ended = this.#refusal;
        if (ended === undefined) return this.#plays.play$(frames, options);
        new Heard(options.onEnd).end('failed');
        return throwError(() => ended);
      }),
    );
  }

  #unlessEnded<T>(source: () => Observable<T>): Observable<T> {
    return defer(() => {
      const ended = this.#refusal;
      return ended === undefined ? source() : throwError(() => ended);
    });
  }

  get #refusal(): SessionEndedError | undefined {
    const { outcome } = this;
    return outcome && new SessionEndedError(outcome.status === 'ended' ? outcome.reason : null);
  }
}

/** State, encryption and health as one value. A part that has not changed stays the same object. */
function viewAfter(news: Pick<SessionSnapshot, 'state' | 'e2ee' | 'health'>): SessionView;
function viewAfter(news: Partial<SessionSnapshot>, before: SessionView): SessionView;
function viewAfter(news: Partial<SessionSnapshot>, before?: SessionView): SessionView {
  const state = news.state ?? before!.state;
  const e2ee = news.e2ee ?? before!.e2ee;
  return { state, e2ee, health: news.health === undefined ? before!.health : { ...news.health, state } };
}
