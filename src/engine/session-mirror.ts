/** The home side of a session: what replays is mirrored, what is hot is asked for when somebody listens, what is played is read here. */
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

  /**
   * @param home its scheduler is that of the session
   */
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

  /** The far side is lost: what plays is held, and what replays stays as it was. */
  lost(attempt: number): void {
    this.#view({ status: 'reconnecting', attempt, closeCode: null });
    this.#plays.use(undefined);
    this.#link$.next(undefined);
  }

  /** What plays, as a far side would open it. */
  get sources(): readonly FrameDescription[] {
    return this.#plays.sources;
  }

  /** It is about to go on there, where what plays is opened meanwhile. */
  playOn(link: Link): void {
    this.#plays.use(link);
  }

  /** It goes on there, as it is there now. */
  goOn(link: Link, now: SessionSnapshot): void {
    this.change(now);
    this.#link$.next(link);
    this.#plays.use(link);
  }

  ended(reason: EndReason): void {
    this.#ended$.next(reason);
  }

  /** The home side lets go of it: it is told here at once what the far side will find out. */
  leave(state: Outcome): void {
    if (this.#over || this.outcome !== undefined) return this.close();
    this.#view(state);
    this.#ended$.next('left');
    this.#plays.end(new SessionEndedError());
    this.close();
  }

  /** All has been told. */
  close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#over$.next();
    for (const subject of [this.#ended$, this.#members, this.#roster, this.#latency, this.#told]) subject.complete();
  }

  /** What is found out here, as the far side would tell it. */
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

  /** Asked again of each far side in turn. */
  #ask$<T>(topic: (session: number) => Topic): Observable<T> {
    return new Observable<T>((subscriber) => {
      const asked$ = this.#link$.pipe(
        switchMap((link) => {
          if (link === undefined) return NEVER;
          const answer$ = (link.peer.observe$(topic(link.session)) as Observable<T>).pipe(
            catchError((error: unknown) => (error instanceof EngineLostError ? NEVER : throwError(() => error))),
          );
          // What the far side has come to the end of is over, also where its like may be asked of another.
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
    // Before anybody subscribes: what waits in a playlist may fail meanwhile.
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

/** State, encryption and health as one value, in which what has not changed is the object that it was. */
function viewAfter(news: Pick<SessionSnapshot, 'state' | 'e2ee' | 'health'>): SessionView;
function viewAfter(news: Partial<SessionSnapshot>, before: SessionView): SessionView;
function viewAfter(news: Partial<SessionSnapshot>, before?: SessionView): SessionView {
  const state = news.state ?? before!.state;
  const e2ee = news.e2ee ?? before!.e2ee;
  return { state, e2ee, health: news.health === undefined ? before!.health : { ...news.health, state } };
}
