/** The one durable session: the object that the user holds, and the one that the driver updates. */
import { defer, distinctUntilChanged, filter, map, Observable, of, Subject, throwError } from 'rxjs';
import { insulate, insulated } from '../../edge.js';
import { SessionEndedError } from '../../errors.js';
import type { Log } from '../../log.js';
import { frameClock } from '../../media/send/clock.js';
import type { MediaLink } from '../../media/send/link.js';
import { play } from '../../media/send/play.js';
import type { FrameInput, PlayOptions } from '../../media/send/play-options.js';
import type { OutboundQuality } from '../../media/send/outbound-quality.js';
import { Pump } from '../../media/send/pump.js';
import type { ReceiveStats } from '../../media/receive/receive-stats.js';
import { Reception } from '../../media/receive/reception.js';
import type { RtcpPacket } from '../../protocol/rtcp.js';
import type { CallMember, E2eeState, EndReason, Latency, PlayEvent, Snowflake, SpeakingEvent, VoicePacket, VoiceState } from '../../types.js';
import type { E2ee } from '../dave/e2ee.js';
import { Current } from './current.js';
import type { VoiceHealth } from './health.js';
import { MemberBook } from './member-book.js';
import { QualityMonitor } from './quality.js';
import type { VoiceFault } from '../../fault.js';
import { PLAIN_STATE } from '../dave/state.js';
import { PacketHub } from './packet-hub.js';
import { receiveStats$ } from './stats.js';
import { sessionView, type SessionView, type Truth } from './view.js';
import type { ResolvedOptions } from '../options.js';

/**
 * A voice session. `connectVoice$` emits it once, when it is first ready. It is the same object until the subscription to `connectVoice$`
 * ends, through resumes, new voice servers and moves between channels. Its Observables complete when it ends; only `connectVoice$` emits
 * the error of a failure. Streams that replay also replay their last value after the end. `state$`, `health$` and `e2ee$` always agree:
 * a change that one has emitted is already in the others.
 */
export interface VoiceSession {
  readonly guildId: Snowflake;
  readonly userId: Snowflake;
  /** What the session is doing: ready, resuming, reconnecting, … Replays the current state; the last value is `ended` or `failed`. */
  readonly state$: Observable<VoiceState>;
  /**
   * Emits the reason once when somebody ends the session, and completes: for `takeUntil`, on streams that do not end with the session by
   * themselves. Completes without a value when the session fails.
   */
  readonly ended$: Observable<EndReason>;
  /** Whether audio can flow, since when, and why not. Replays the current value; emits at each change. */
  readonly health$: Observable<VoiceHealth>;
  /** Who starts and who stops speaking. Hot. */
  readonly speaking$: Observable<SpeakingEvent>;
  /** The user ids of the others in the call, without the bot. Replays the current set. */
  readonly members$: Observable<ReadonlySet<Snowflake>>;
  /**
   * The same members, with what is known about each: what the client allows (recording, clips), its platform, since when the member is in the
   * channel, and whether it is in the audience of a stage. Replays the current map; emits at each change.
   */
  readonly roster$: Observable<ReadonlyMap<Snowflake, CallMember>>;
  /** Round trip times in ms: a value at each heartbeat acknowledgement, and at each answered UDP ping. Replays the last. */
  readonly latency$: Observable<Latency>;
  /** End-to-end encryption: version, epoch, privacy code and members. Replays the current state. */
  readonly e2ee$: Observable<E2eeState>;
  /**
   * The verification code with one other member: 45 digits, the same on both sides, as the official clients show it. Emits
   * once and completes. Emits null if there is no code, because the user is not in the group or the call is not encrypted. Takes about
   * 0.2 s, off the main thread. Errors with a SessionEndedError after the session's end.
   */
  verify(userId: Snowflake): Observable<string | null>;
  /**
   * Plays Opus frames, one after the other, at the pace of the audio. Cold and exclusive: subscribing starts it, unsubscribing
   * stops it and releases the source; a second play at the same time errors with AlreadyPlayingError. Completes when the source has
   * ended, and when somebody ends the session. `onEnd` is called for every end, with how much was heard. Errors with
   * the source's own error, InvalidFrameError or FrameOverflowError; the session goes on after that. Errors with a SessionEndedError when it is
   * subscribed after the session's end, or still plays when the session is left.
   *
   * ```
   * frames      (abc|)
   * play        (SA)--B--C--(F|)        S started, A B C sent, F finished; 20 ms apart
   * datagrams   A--B--C--s--s--s--s--s  five frames of silence follow, unless another play begins
   * ```
   */
  play(frames: FrameInput, options?: PlayOptions): Observable<PlayEvent>;
  /**
   * How the voice server receives what we play: share lost, jitter, and the round trip of the media path. Hot: a value for each
   * report of the server, about every 5 s while something is sent. Reports are decrypted only while somebody is subscribed. With
   * `senderReports: false`, and in the xsalsa20 modes, `roundTripTime` is null, or there is no value at all.
   */
  readonly quality$: Observable<OutboundQuality>;
  /** RTCP reports of senders and receivers, as the voice server forwards them. Hot. They are decrypted only while somebody is subscribed. */
  readonly rtcp$: Observable<RtcpPacket>;
  /**
   * How each member is received, and what became of each datagram, since the session began. Cold: a value at once, then one each second.
   * It only observes: packets that nobody subscribes to with `receive` are not decrypted, and are counted as `unheard`.
   */
  readonly stats$: Observable<ReceiveStats>;
  /**
   * The Opus packets of all members, or of one user. Hot. Packets are decrypted only for users whose packets somebody is subscribed to.
   * Packets whose keys have not come yet are held for up to a second, and emitted in order. Completes with the session; errors
   * with a SessionEndedError when it is subscribed after that.
   */
  receive(userId?: Snowflake): Observable<VoicePacket>;
}

const NOBODY: ReadonlySet<Snowflake> = new Set();
const nobody = (): ReadonlySet<Snowflake> => NOBODY;
type Outcome = Extract<VoiceState, { readonly status: 'ended' | 'failed' }>;

/** The driver's side of a session. */
export class SessionCore {
  /** Everything that the session reports. */
  readonly view: Current<SessionView>;
  readonly ended = new Current<EndReason | undefined>(undefined);
  readonly speaking$ = new Subject<SpeakingEvent>();
  /** Each value is a function that builds the set: a call may have many members, and nobody who asks for them. */
  readonly members = new Current<() => ReadonlySet<Snowflake>>(nobody, () => this.roster.changed());
  readonly roster = new MemberBook();
  readonly latency = new Current<Latency>({ gateway: null, udp: null });
  /** The encryption of the current media session; undefined before the first one is ready. */
  e2ee: E2ee | undefined;
  /** The close code of the WebSocket that was lost since the session was last ready; undefined without one. */
  lastClose: number | undefined;
  /** The close code of each WebSocket that is lost. */
  readonly closes$ = new Subject<number>();
  readonly packets = new PacketHub();
  readonly rtcp$ = new Subject<RtcpPacket>();
  readonly reception = new Reception();
  readonly quality = new QualityMonitor();
  readonly pump: Pump;
  readonly #options: ResolvedOptions;
  readonly #log: Log;
  #truth: Truth = { state: { status: 'signalling' }, e2ee: PLAIN_STATE, suppressed: false, fault: null };
  #outcome: Outcome | undefined;
  #leaving = false;
  /** The state that was logged last. */
  #logged: VoiceState | undefined;

  constructor(options: ResolvedOptions, log: Log) {
    this.#options = options;
    this.#log = log;
    this.pump = new Pump(frameClock(options.scheduler));
    this.view = new Current(sessionView(this.#truth, options.scheduler.now()));
    this.#logState(this.state);
  }

  get state(): VoiceState {
    return this.#truth.state;
  }

  get stats$(): Observable<ReceiveStats> {
    return receiveStats$(this.reception, this.view.values$, this.#options.scheduler);
  }

  enter(state: VoiceState): void {
    if (this.#outcome !== undefined || (this.#leaving && state.status !== 'ended')) return;
    if (state.status === 'ready') this.lastClose = undefined;
    if (state.status === 'connecting') {
      // Only logged, because there is no session yet to report it; the next report includes it.
      this.#truth = { ...this.#truth, state };
      this.#logState(state);
    } else this.#know(state.status === 'ready' ? { state, fault: null } : { state });
  }

  #logState(state: VoiceState): void {
    this.#logged = state;
    this.#log({ type: 'state', state });
  }

  /** The current media session reports its encryption. */
  encryption(e2ee: E2eeState): void {
    this.#know({ e2ee });
  }

  /** The bot is in the audience of a stage, or no longer. */
  suppressed(suppressed: boolean): void {
    if (this.#truth.suppressed !== suppressed) this.#know({ suppressed });
  }

  /** The only path by which a change is reported. */
  #know(news: Partial<Truth>): void {
    const before = this.view.value;
    this.#truth = { ...this.#truth, ...news };
    const view = sessionView(this.#truth, this.#options.scheduler.now(), before);
    if (view.state !== this.#logged) this.#logState(view.state);
    // Unless the call of `log` above has ended the session.
    if (this.view.value === before) this.view.next(view);
  }

  /**
   * The bot is out of the channel, and the reason is not known yet: nobody hears it, and the state of its WebSocket is not reported as the session's, not
   * even `ready`.
   */
  leaving(leaving: boolean): void {
    this.#leaving = leaving;
    if (leaving) this.pump.detach();
  }

  /** Sets the link to which frames can be sent, or undefined if they cannot be sent. Frames are sent only in a state that says so: not while leaving. */
  sendable(link: MediaLink | undefined): void {
    if (link === undefined || this.#leaving) this.pump.detach();
    else this.pump.attach(link);
  }

  /** Something went wrong, and recovery has decided what is done about it. */
  fault(fault: VoiceFault): void {
    this.#know({ fault });
    if (fault.type !== 'closed') return;
    this.lastClose = fault.closeCode;
    this.closes$.next(fault.closeCode);
  }

  /** A round trip in ms, on the WebSocket or by UDP; the other value stays. */
  roundTrip(measured: Partial<Latency>): void {
    this.latency.next({ ...this.latency.value, ...measured });
  }

  /** The media session is gone: what plays is held, and the members are no longer known. */
  detach(): void {
    this.pump.detach();
    this.roster.follow(NOBODY);
    if (this.members.value !== nobody) this.members.next(nobody);
  }

  /** Somebody ended the session. */
  end(reason: EndReason): void {
    if (this.#outcome !== undefined) return;
    // A caller that leaves has no use for an earlier close code.
    const closeCode = reason === 'left' ? null : (this.lastClose ?? null);
    // After a kick a play completes, like everything else: what a moderator wanted is not an error. After leaving, a play that still runs errors: its caller
    // has left the session.
    this.#close({ status: 'ended', reason, closeCode }, reason === 'left' ? new SessionEndedError() : undefined);
  }

  /** The session failed beyond recovery. */
  fail(error: unknown): void {
    if (this.#outcome !== undefined) return;
    const reason = this.#options.secrets.redact(error instanceof Error ? error.message : String(error));
    this.#close({ status: 'failed', reason }, error);
  }

  #close(outcome: Outcome, playError: unknown): void {
    this.#outcome = outcome;
    this.#know({ state: outcome });
    if (outcome.status === 'ended') this.ended.next(outcome.reason);
    this.pump.end(playError);
    this.packets.complete();
    this.quality.complete();
    for (const subject of [this.ended, this.closes$, this.speaking$, this.rtcp$, this.members, this.roster.roster, this.latency, this.view]) subject.complete();
  }

  /**
   * The error of `play`, `receive` and `verify` after the end, whoever ended the session. Streams that ran at a kick have completed; one that is started
   * later must not complete: `repeat` would then restart it without end. Undefined before the end.
   */
  get refusal(): SessionEndedError | undefined {
    const outcome = this.#outcome;
    return outcome === undefined ? undefined : new SessionEndedError(outcome.status === 'ended' ? outcome.reason : null);
  }

  /** The source, or the error {@link refusal}. */
  unlessEnded<T>(source: () => Observable<T>): Observable<T> {
    return defer(() => {
      const { refusal } = this;
      return refusal === undefined ? source() : throwError(() => refusal);
    });
  }
}

const cores = new WeakMap<VoiceSession, SessionCore>();

/** State, encryption and health of a session, as the one value from which they are derived. Replays it. */
export function viewOf(session: VoiceSession): Observable<SessionView> | undefined {
  const core = cores.get(session);
  return core && insulated(core.view.values$);
}

/** The user's side of a session: each stream reaches its listener through the edge, and is created on subscription. */
export function voiceSession(core: SessionCore, guildId: Snowflake, userId: Snowflake): VoiceSession {
  const told = <T>(pick: (view: SessionView) => T): Observable<T> => core.view.values$.pipe(map(pick), distinctUntilChanged());
  const session: VoiceSession = {
    guildId,
    userId,
    state$: new Observable((listener) => insulate(told(({ state }) => state), listener)),
    ended$: new Observable((listener) => insulate(core.ended.values$.pipe(filter((reason) => reason !== undefined)), listener)),
    health$: new Observable((listener) => insulate(told(({ health }) => health), listener)),
    speaking$: new Observable((listener) => insulate(core.speaking$, listener)),
    members$: new Observable((listener) => insulate(core.members.values$.pipe(map((members) => members())), listener)),
    roster$: new Observable((listener) => insulate(core.roster.roster.values$.pipe(map((roster) => roster())), listener)),
    latency$: new Observable((listener) => insulate(core.latency.values$.pipe(filter(measured)), listener)),
    e2ee$: new Observable((listener) => insulate(told(({ e2ee }) => e2ee), listener)),
    verify: (member) => insulated(core.unlessEnded(() => core.e2ee?.verify(member) ?? of(null))),
    play: (frames, options) => play(core.pump, frames, options, () => core.refusal),
    quality$: new Observable((listener) => insulate(core.quality.quality$, listener)),
    rtcp$: new Observable((listener) => insulate(core.rtcp$, listener)),
    stats$: new Observable((listener) => insulate(core.stats$, listener)),
    receive: (speaker) => insulated(core.unlessEnded(() => core.packets.of(speaker))),
  };
  cores.set(session, core);
  return session;
}

function measured({ gateway, udp }: Latency): boolean {
  return gateway !== null || udp !== null;
}
