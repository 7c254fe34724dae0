/** The one durable session: what the user holds, and what the driver feeds. */
import { BehaviorSubject, defer, filter, Observable, of, ReplaySubject, Subject, throwError } from 'rxjs';
import { SessionEndedError } from '../../errors.js';
import type { Log } from '../../log.js';
import { frameClock } from '../../media/send/clock.js';
import { play } from '../../media/send/play.js';
import type { FrameInput, PlayOptions } from '../../media/send/play-options.js';
import { Pump } from '../../media/send/pump.js';
import type { ReceiveStats } from '../../media/receive/receive-stats.js';
import { Reception } from '../../media/receive/reception.js';
import type { RtcpPacket } from '../../protocol/rtcp.js';
import type { E2eeState, EndReason, Latency, PlayEvent, Snowflake, SpeakingEvent, VoicePacket, VoiceState } from '../../types.js';
import type { E2ee } from '../dave/e2ee.js';
import { HealthMonitor, type VoiceHealth } from './health.js';
import type { VoiceFault } from '../../fault.js';
import { PLAIN_STATE } from '../dave/state.js';
import { PacketHub } from './packet-hub.js';
import { receiveStats$ } from './stats.js';
import type { ResolvedOptions } from '../options.js';

/**
 * A voice session: emitted once, when it is first ready, it lives until the subscription to `connectVoice$` ends, through
 * resumes, new voice servers and moves between channels. Its Observables complete when it ends; a failure is told by
 * `connectVoice$` alone.
 */
export interface VoiceSession {
  readonly guildId: Snowflake;
  readonly userId: Snowflake;
  /** Where the session stands. Replays the current state; `ended` is its last value where somebody ended the session. */
  readonly state$: Observable<VoiceState>;
  /**
   * Emits once, when somebody ended the session, and completes: for `takeUntil`, where a stream that is not the session's would go on
   * without it. Completes without a value when the session fails.
   */
  readonly ended$: Observable<EndReason>;
  /** Whether audio can flow, since when, and why not. Replays the current value; one for each change. */
  readonly health$: Observable<VoiceHealth>;
  /** Who begins and ceases to speak. */
  readonly speaking$: Observable<SpeakingEvent>;
  /** Who is in the call, the bot not counted. Replays the current set. */
  readonly members$: Observable<ReadonlySet<Snowflake>>;
  /** Round trips: a value at each heartbeat acknowledgement, and at each answered UDP ping. Replays the last. */
  readonly latency$: Observable<Latency>;
  /** End-to-end encryption: version, epoch, privacy code and members. Replays the current state. */
  readonly e2ee$: Observable<E2eeState>;
  /**
   * The pairwise verification code with another member: 45 digits, the same on both sides, as the official clients show it. Emits
   * once and completes; null where there is none, because the user is not in the group or the call is not encrypted. Takes some
   * 0.2 s, off the main thread. Errors with a SessionEndedError after the session's end.
   */
  verify(userId: Snowflake): Observable<string | null>;
  /**
   * Plays Opus frames, one after the other, at the pace of the audio. Cold and exclusive: subscribing starts, unsubscribing
   * stops and releases the source; a second play meanwhile errors with AlreadyPlayingError. Completes when the source has
   * ended, and when somebody ends the session. Errors with what the source fails with, InvalidFrameError or FrameOverflowError, and the
   * session lives on; with a SessionEndedError when it is subscribed after the session's end, or is under way when the session is left.
   *
   * ```
   * frames      (abc|)
   * play        (SA)--B--C--(F|)        S started, A B C sent, F finished; 20 ms apart
   * datagrams   A--B--C--s--s--s--s--s  five frames of silence follow, unless another play begins
   * ```
   */
  play(frames: FrameInput, options?: PlayOptions): Observable<PlayEvent>;
  /** Reports of RTP senders and receivers, as the voice server forwards them. Hot. Nothing is decrypted while nobody listens. */
  readonly rtcp$: Observable<RtcpPacket>;
  /**
   * How everybody is received, and what became of each datagram, since the session began. Cold: a value at once, then one each second.
   * It only looks on: what nobody listens to by `receive` is not decrypted for it, and counted as `unheard`.
   */
  readonly stats$: Observable<ReceiveStats>;
  /**
   * The Opus packets of everybody, or of one user. Hot. Nothing is decrypted while nobody listens, nor of others while only one user is
   * listened to. Frames whose keys are on their way are held for up to a second, and given in order. Completes with the session; errors
   * with a SessionEndedError when it is subscribed after that.
   */
  receive(userId?: Snowflake): Observable<VoicePacket>;
}

type Outcome = { readonly reason: EndReason } | { readonly error: unknown };

/** The driver's side of a session. */
export class SessionCore {
  readonly state$: BehaviorSubject<VoiceState>;
  readonly ended$ = new ReplaySubject<EndReason>(1);
  readonly speaking$ = new Subject<SpeakingEvent>();
  readonly members$ = new BehaviorSubject<ReadonlySet<Snowflake>>(new Set());
  readonly latency$ = new BehaviorSubject<Latency>({ gateway: null, udp: null });
  readonly e2ee$ = new BehaviorSubject<E2eeState>(PLAIN_STATE);
  /** That of the media session that there is now; undefined before the first is ready. */
  e2ee: E2ee | undefined;
  readonly health: HealthMonitor;
  /** Close codes, as WebSockets are lost. */
  readonly closes$ = new Subject<number>();
  readonly packets = new PacketHub();
  readonly rtcp$ = new Subject<RtcpPacket>();
  readonly reception = new Reception();
  readonly stats$: Observable<ReceiveStats>;
  readonly pump: Pump;
  readonly #log: Log;
  #outcome: Outcome | undefined;
  #lastClose: number | undefined;

  constructor(options: ResolvedOptions, log: Log) {
    this.#log = log;
    this.pump = new Pump(frameClock(options.scheduler));
    this.state$ = new BehaviorSubject<VoiceState>({ status: 'signalling' });
    this.health = new HealthMonitor(() => options.scheduler.now(), this.state$.value);
    this.stats$ = receiveStats$(this.reception, this.state$, options.scheduler);
    this.e2ee$.subscribe(({ status }) => this.health.e2ee(status));
    log({ type: 'state', state: this.state$.value });
  }

  /** The close code of the WebSocket that was lost since the session was last ready; undefined without one. */
  get lastClose(): number | undefined {
    return this.#lastClose;
  }

  enter(state: VoiceState): void {
    if (this.#outcome !== undefined) return;
    if (state.status === 'ready') this.#lastClose = undefined;
    this.#log({ type: 'state', state });
    this.health.state(state);
    this.state$.next(state);
  }

  /** Something went wrong, and recovery has decided what is done about it. */
  fault(fault: VoiceFault): void {
    this.health.fault(fault);
    if (fault.type !== 'closed') return;
    this.#lastClose = fault.closeCode;
    this.closes$.next(fault.closeCode);
  }

  /** A round trip in ms, by WebSocket or by UDP; the other one stays. */
  roundTrip(measured: Partial<Latency>): void {
    this.latency$.next({ ...this.latency$.value, ...measured });
  }

  /** Media is gone: what plays is held, and nobody is known by an SSRC any more. */
  detach(): void {
    this.pump.detach();
    if (this.members$.value.size > 0) this.members$.next(new Set());
  }

  /** Somebody ended the session. */
  end(reason: EndReason): void {
    if (this.#outcome !== undefined) return;
    this.enter({ status: 'ended', reason });
    this.ended$.next(reason);
    // After a kick what plays completes, like everything else: nobody is to see an error for what a moderator wanted. After
    // leaving, whoever still plays holds on to a session that he let go of, and is told.
    this.#close({ reason }, reason === 'left' ? new SessionEndedError() : undefined);
  }

  /** The session failed beyond recovery. */
  fail(error: unknown): void {
    if (this.#outcome === undefined) this.#close({ error }, error);
  }

  #close(outcome: Outcome, playError: unknown): void {
    this.#outcome = outcome;
    this.pump.end(playError);
    this.packets.complete();
    for (const subject of [this.ended$, this.health.health$, this.closes$, this.speaking$, this.rtcp$, this.members$, this.latency$, this.e2ee$, this.state$]) subject.complete();
  }

  /**
   * What `play`, `receive` and `verify` are after the end: an error, whoever ended it. What was under way at a kick has completed; but what
   * is begun afterwards must not complete too, for that is what `repeat` feeds on, without end.
   */
  unlessEnded<T>(source: () => Observable<T>): Observable<T> {
    return defer(() => {
      const outcome = this.#outcome;
      if (outcome === undefined) return source();
      return throwError(() => new SessionEndedError('reason' in outcome ? outcome.reason : null));
    });
  }
}

/** The user's side of a session. */
export function voiceSession(core: SessionCore, guildId: Snowflake, userId: Snowflake): VoiceSession {
  return {
    guildId,
    userId,
    state$: core.state$.asObservable(),
    ended$: core.ended$.asObservable(),
    health$: core.health.health$.asObservable(),
    speaking$: core.speaking$.asObservable(),
    members$: core.members$.asObservable(),
    latency$: core.latency$.pipe(filter(({ gateway, udp }) => gateway !== null || udp !== null)),
    e2ee$: core.e2ee$.asObservable(),
    verify: (member) => core.unlessEnded(() => core.e2ee?.verify(member) ?? of(null)),
    play: (frames, options) => core.unlessEnded(() => play(core.pump, frames, options)),
    rtcp$: core.rtcp$.asObservable(),
    stats$: core.stats$,
    receive: (speaker) => core.unlessEnded(() => core.packets.of(speaker)),
  };
}
