/**
 * The driver: one durable session over the voice servers that the signalling names, one at a time.
 *
 * ```
 * drive$
 * ├─ session        one, emitted once, at the first ready
 * └─ signals        VoiceServer: switch to it · null endpoint: hold and wait · ended: complete
 *    └─ voice server
 * ```
 */
import { BehaviorSubject, catchError, combineLatest, EMPTY, filter, finalize, map, NEVER, Observable, of, race, startWith, switchMap, take, throwError, timer, type Subscriber } from 'rxjs'; // prettier-ignore
import { prepareMode } from '../crypto/seal.js';
import { deadline$ } from '../deadline.js';
import { VoiceSocketClosedError, VoiceTimeoutError } from '../errors.js';
import type { LogEntry } from '../log.js';
import { operate, type Operation } from '../operate.js';
import { CloseCode } from '../protocol/close-codes.js';
import type { EndReason, Snowflake, VoiceServer, VoiceSignal } from '../types.js';
import { FaultCounter } from './recovery/fault-counter.js';
import { carryOut$, EndRequest, RejoinRequest, Unanswered } from './recovery/carry-out.js';
import { Signals, type Heed } from './signals.js';
import { faultText } from './session/health.js';
import type { ResolvedOptions } from './options.js';
import type { FaultKind, Recovery, VoiceFault } from '../fault.js';
import { isRung } from './recovery/recovery.js';
import { recovering } from './recovery/recovering.js';
import { redactError } from './recovery/redact-error.js';
import { SessionCore, voiceSession, type VoiceSession } from './session/session.js';
import { voiceServer$ } from './connection/voice-server.js';

/**
 * On the bot gateway, the end of a call looks like a kick, except that the channel or guild is also reported as deleted; and in both cases
 * the close code arrives on another socket. We wait this long (ms) for both.
 */
const GRACE_MS = 250;

/**
 * @param signals$ cold: subscribing joins, unsubscribing leaves. Its completion does not end the session: `of(server)` is a session
 * @param guildId for the log, if it is known before the first server
 */
export function drive$(
  signals$: Observable<VoiceSignal>,
  options: ResolvedOptions,
  guildId: Snowflake | null = null,
): Observable<VoiceSession> {
  return new Observable((subscriber) => {
    const core = new SessionCore(options, options.logFor(guildId));
    // Starts to load the most preferred cipher during the signalling. A failure is handled when the mode is chosen.
    for (const mode of options.modes.slice(0, 1)) prepareMode(mode)?.catch(() => undefined);

    // Added first, so that it runs before the sockets are closed: nothing is sent on a session that is being left.
    subscriber.add(() => core.end('left'));
    new Driver(core, options, guildId).run$(signals$).subscribe(operate(new Emission(core, options, subscriber)));
    // Last, because until here something may still be logged or reported.
    subscriber.add(() => options.secrets.forget());
  });
}

/** Turns the first server over which audio can flow into the one session, and ends it. */
class Emission implements Operation<VoiceServer, VoiceSession> {
  readonly destination: Subscriber<VoiceSession>;
  readonly #core: SessionCore;
  readonly #options: ResolvedOptions;
  #emitted = false;

  constructor(core: SessionCore, options: ResolvedOptions, destination: Subscriber<VoiceSession>) {
    this.#core = core;
    this.#options = options;
    this.destination = destination;
  }

  next({ guildId, userId }: VoiceServer): void {
    if (this.#emitted) return;
    this.#emitted = true;
    this.destination.next(voiceSession(this.#core, guildId, userId));
  }

  error(error: unknown): void {
    if (error instanceof EndRequest) {
      this.#core.end(error.reason);
      return this.destination.complete();
    }
    // Errors of the signalling arrive here without passing recovery.
    redactError(error, this.#options.secrets);
    this.#core.fail(error);
    this.destination.error(error);
  }

  /** The completion of the signals does not end the session. */
  complete(): void {}
}

class Driver implements Heed<TimelySignal, VoiceServer> {
  readonly #core: SessionCore;
  readonly #options: ResolvedOptions;
  readonly #faults: FaultCounter;
  #guildId: Snowflake | null;
  /** The previous server of this membership: a server that follows it is news, not the answer to a join. */
  #before: VoiceServer | undefined;
  /** Whether the bot's channel or guild was deleted. */
  readonly #gone$ = new BehaviorSubject(false);

  constructor(core: SessionCore, options: ResolvedOptions, guildId: Snowflake | null) {
    this.#core = core;
    this.#options = options;
    this.#guildId = guildId;
    this.#faults = new FaultCounter(options.stableAfter);
  }

  /** Emits a server each time audio can flow over it. Errors with an {@link EndRequest} when somebody ended the session, else with the failure. */
  run$(signals$: Observable<VoiceSignal>): Observable<VoiceServer> {
    const stay$ = new Observable<VoiceServer>((subscriber) => {
      // After a new join, Discord reports again if the bot is suppressed.
      this.#core.suppressed(false);
      this.#before = undefined;
      if (!subscriber.closed) signals$.subscribe(operate(new Signals(subscriber, this)));
    });
    return stay$.pipe(recovering((error) => this.#rejoin$(error)));
  }

  /** Emits when the channel is to be joined again, or errors if it is not. */
  #rejoin$(error: unknown): Observable<unknown> {
    if (error instanceof Unanswered) return this.#unanswered$(error.timeout).pipe(catchError((decided: unknown) => this.#rejoin$(decided)));
    return error instanceof RejoinRequest ? timer(error.delay, this.#options.scheduler) : throwError(() => this.#truly(error));
  }

  /** Records signals other than voice servers and ends, which need no action. Returns whether it was one. */
  noted(signal: VoiceSignal): boolean {
    if ('gone' in signal) this.#gone$.next(signal.gone !== null);
    else if ('suppressed' in signal) this.#core.suppressed(signal.suppressed);
    else if ('voiceState' in signal) this.#core.roster.voiceState(signal.voiceState);
    else if ('secrets' in signal) for (const secret of signal.secrets) this.#options.secrets.add(secret);
    else return false;
    return true;
  }

  /** A kick from a deleted channel or guild is the end of the call. */
  #truly(error: unknown): unknown {
    const kicked = error instanceof EndRequest && error.reason === 'kicked';
    return kicked && this.#gone$.value ? new EndRequest('call-ended') : error;
  }

  /** Passes a signal on when everything about it is known. */
  timely(signal: VoiceSignal): TimelySignal | Observable<TimelySignal> {
    if ('unanswered' in signal) {
      this.#log({ type: 'unanswered', channelId: signal.unanswered });
      return EMPTY;
    }
    if (!('ended' in signal) || signal.ended !== 'kicked') return signal as TimelySignal;
    const { closes$, lastClose } = this.#core;
    this.#core.leaving(true);
    const all$ = combineLatest([closes$.pipe(startWith(lastClose)), this.#gone$]).pipe(
      // 4022 alone is ambiguous: it comes when a lone member is kicked, and at the end of the call.
      filter(([closeCode, gone]) => closeCode !== undefined && (gone || closeCode !== CloseCode.CallTerminated)),
      take(1),
    );
    const known$: Observable<unknown> = this.#faults.wasReady ? race(all$, deadline$(GRACE_MS, this.#options.scheduler)) : of(undefined);
    return known$.pipe(
      map((): TimelySignal => {
        this.#core.leaving(false);
        return { ended: this.#gone$.value ? 'call-ended' : 'kicked' };
      }),
      finalize(() => this.#core.leaving(false)),
    );
  }

  /** Connects to a voice server, or handles its end. */
  lead$(signal: TimelySignal): Observable<VoiceServer> {
    if ('ended' in signal) return this.#ended$(signal.ended);
    if (signal.endpoint === null) return this.#noEndpoint$();
    const news = this.#before === undefined ? undefined : newsOf(this.#before, signal);
    this.#before = signal;
    this.#gone$.next(false);
    this.#guildId = signal.guildId;
    return this.#server$(signal, news);
  }

  #server$(server: VoiceServer, news: FaultKind | undefined): Observable<VoiceServer> {
    const faults = this.#faults;
    const connection$ = voiceServer$(server, this.#core, faults, this.#options);
    // If this server answers an op 4 of recovery, the state is already `reconnecting`, with its own count.
    if (faults.wasReady && this.#core.state.status !== 'reconnecting') this.#reconnecting();
    if (news === undefined) return connection$;
    const fault = faults.news(news);
    const recovery = this.#options.recovery(fault, 1);
    this.#told(fault, recovery);
    // New credentials need a new media session, whatever recovery decides.
    return carryOut$(recovery, () => moot(fault), this.#options).pipe(switchMap(() => connection$));
  }

  /** A null endpoint: what plays is held until Discord names another server, or recovery stops waiting. */
  #noEndpoint$(): Observable<never> {
    this.#core.enter({ status: 'signalling' });
    const cause = 'Discord took the voice server away (a null endpoint) and named no other';
    return this.#stop$({ type: 'no-endpoint' }, (waited) => new VoiceTimeoutError('signalling', waited, cause));
  }

  #ended$(reason: EndReason): Observable<never> {
    if (reason !== 'kicked' && reason !== 'call-ended') return throwError(() => new EndRequest(reason));
    const closeCode = this.#core.lastClose ?? (reason === 'kicked' ? CloseCode.Disconnected : CloseCode.CallTerminated);
    return this.#stop$({ type: reason }, () => new VoiceSocketClosedError(closeCode));
  }

  /** Discord did not answer op 4: an error during the first join, and a fault like any other for a session that was ready. */
  #unanswered$(error: VoiceTimeoutError): Observable<never> {
    return this.#stop$({ type: 'timeout', stage: error.stage, ms: error.ms }, () => error);
  }

  /** A fault of the signalling. There is no server to connect to, so the least possible recovery is a new join. */
  #stop$(kind: FaultKind, failure: (waited: number) => unknown): Observable<never> {
    const faults = this.#faults;
    const fault = faults.add(kind, { resumable: false, fresh: false }, this.#options.scheduler.now());
    const chosen = this.#options.recovery(fault, faults.count);
    const recovery: Recovery = isRung(chosen) ? { ...chosen, action: 'rejoin' } : chosen;
    faults.decided(recovery);
    this.#told(fault, recovery);
    if (recovery.action === 'rejoin') this.#reconnecting();
    return carryOut$(recovery, () => failure('delay' in recovery ? recovery.delay : 0), this.#options).pipe(switchMap(() => NEVER));
  }

  #told(fault: VoiceFault, recovery: Recovery): void {
    this.#log({ type: 'fault', fault, recovery });
    this.#core.fault(fault);
  }

  #reconnecting(): void {
    this.#core.enter({ status: 'reconnecting', attempt: Math.max(1, this.#faults.count), closeCode: null });
  }

  #log(entry: LogEntry): void {
    this.#options.logFor(this.#guildId)(entry);
  }
}

/** The signals that need an action. */
type TimelySignal = VoiceServer | { readonly endpoint: null } | { readonly ended: EndReason };

/** What it means for a session on one server that another is named. */
function newsOf(before: VoiceServer, { sessionId, channelId }: VoiceServer): FaultKind {
  if (before.sessionId !== sessionId) return { type: 'gateway-reidentified' };
  if (before.channelId !== channelId) return { type: 'moved', channelId };
  return { type: 'new-token' };
}

/** The error for a user whose recovery fails the session at news that would have been harmless. */
function moot(fault: VoiceFault): VoiceSocketClosedError {
  return new VoiceSocketClosedError(CloseCode.Disconnected, `recovery gave up at ${faultText(fault)}`);
}
