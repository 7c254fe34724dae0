/**
 * The driver: one durable session over whatever voice servers the signalling names, one at a time.
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
 * The end of a call looks like a kick to the bot gateway, but for the deletion of the channel or guild that it also tells of; and the
 * close code that is told with either travels on another socket. So long (ms) we wait for both.
 */
const GRACE_MS = 250;

/**
 * @param signals$ cold: subscribing joins, unsubscribing leaves. Its completion alone ends nothing: `of(server)` is a session
 * @param guildId for the log, where it is known before the first server is
 */
export function drive$(
  signals$: Observable<VoiceSignal>,
  options: ResolvedOptions,
  guildId: Snowflake | null = null,
): Observable<VoiceSession> {
  return new Observable((subscriber) => {
    const core = new SessionCore(options, options.logFor(guildId));
    // Begins to load the cipher that is wanted most while the signalling is under way. A failure is met where the mode is chosen.
    for (const mode of options.modes.slice(0, 1)) prepareMode(mode)?.catch(() => undefined);

    // Added first, so that it runs before the sockets are closed: nothing is sent on a session that is being left.
    subscriber.add(() => core.end('left'));
    new Driver(core, options, guildId).run$(signals$).subscribe(operate(new Emission(core, options, subscriber)));
    // Last: until here something may still be told.
    subscriber.add(() => options.secrets.forget());
  });
}

/** Of servers that audio can flow by, the one session; and the end. */
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
    // Errors of the signalling come here without passing recovery.
    redactError(error, this.#options.secrets);
    this.#core.fail(error);
    this.destination.error(error);
  }

  /** The end of the signals alone ends nothing. */
  complete(): void {}
}

class Driver implements Heed<TimelySignal, VoiceServer> {
  readonly #core: SessionCore;
  readonly #options: ResolvedOptions;
  readonly #faults: FaultCounter;
  #guildId: Snowflake | null;
  /** The server before, of this membership: what comes to it is news, and no answer. */
  #before: VoiceServer | undefined;
  /** Whether the bot's channel, or its guild, is no more. */
  readonly #gone$ = new BehaviorSubject(false);

  constructor(core: SessionCore, options: ResolvedOptions, guildId: Snowflake | null) {
    this.#core = core;
    this.#options = options;
    this.#guildId = guildId;
    this.#faults = new FaultCounter(options.stableAfter);
  }

  /** Emits a server each time audio can flow by it. Errors with an {@link EndRequest} when somebody ended the session, else with the failure. */
  run$(signals$: Observable<VoiceSignal>): Observable<VoiceServer> {
    const stay$ = new Observable<VoiceServer>((subscriber) => {
      // Whoever joins anew is told again, where it is so.
      this.#core.suppressed(false);
      this.#before = undefined;
      if (!subscriber.closed) signals$.subscribe(operate(new Signals(subscriber, this)));
    });
    return stay$.pipe(recovering((error) => this.#rejoin$(error)));
  }

  /** Emits when the channel is to be joined anew, or errors where it is not to be. */
  #rejoin$(error: unknown): Observable<unknown> {
    if (error instanceof Unanswered) return this.#unanswered$(error.timeout).pipe(catchError((decided: unknown) => this.#rejoin$(decided)));
    return error instanceof RejoinRequest ? timer(error.delay, this.#options.scheduler) : throwError(() => this.#truly(error));
  }

  /** Takes note of what is told beside voice servers and ends, and is no cause to act. */
  noted(signal: VoiceSignal): boolean {
    if ('gone' in signal) this.#gone$.next(signal.gone !== null);
    else if ('suppressed' in signal) this.#core.suppressed(signal.suppressed);
    else if ('voiceState' in signal) this.#core.roster.voiceState(signal.voiceState);
    else if ('secrets' in signal) for (const secret of signal.secrets) this.#options.secrets.add(secret);
    else return false;
    return true;
  }

  /** A kick out of what is no more is the end of the call. */
  #truly(error: unknown): unknown {
    const kicked = error instanceof EndRequest && error.reason === 'kicked';
    return kicked && this.#gone$.value ? new EndRequest('call-ended') : error;
  }

  /** Lets a signal through when all is known that is to be known of it. */
  timely(signal: VoiceSignal): TimelySignal | Observable<TimelySignal> {
    if ('unanswered' in signal) {
      this.#log({ type: 'unanswered', channelId: signal.unanswered });
      return EMPTY;
    }
    if (!('ended' in signal) || signal.ended !== 'kicked') return signal as TimelySignal;
    const { closes$, lastClose } = this.#core;
    this.#core.leaving(true);
    const all$ = combineLatest([closes$.pipe(startWith(lastClose)), this.#gone$]).pipe(
      // 4022 alone tells nothing: it comes with a kick of who was alone, and with the end of the call.
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

  /** A voice server, or how it ends. */
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
    // The answer to an op 4 of recovery's: the state is told already, with a count of its own.
    if (faults.wasReady && this.#core.state.status !== 'reconnecting') this.#reconnecting();
    if (news === undefined) return connection$;
    const fault = faults.news(news);
    const recovery = this.#options.recovery(fault, 1);
    this.#told(fault, recovery);
    // New credentials are for a new media session, whatever recovery says.
    return carryOut$(recovery, () => moot(fault), this.#options).pipe(switchMap(() => connection$));
  }

  /** A null endpoint: what plays is held until Discord names another server, or recovery loses patience. */
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

  /** Discord did not answer op 4: an error on the way in, and to a session that was ready a fault like others. */
  #unanswered$(error: VoiceTimeoutError): Observable<never> {
    return this.#stop$({ type: 'timeout', stage: error.stage, ms: error.ms }, () => error);
  }

  /** A fault of the signalling. There is nothing to connect to: a rung short of a new join is not possible. */
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

/** What is acted on. */
type TimelySignal = VoiceServer | { readonly endpoint: null } | { readonly ended: EndReason };

/** What a server's coming means to a session that is on another. */
function newsOf(before: VoiceServer, { sessionId, channelId }: VoiceServer): FaultKind {
  if (before.sessionId !== sessionId) return { type: 'gateway-reidentified' };
  if (before.channelId !== channelId) return { type: 'moved', channelId };
  return { type: 'new-token' };
}

/** What the user is told who has recovery fail at news that would have done no harm. */
function moot(fault: VoiceFault): VoiceSocketClosedError {
  return new VoiceSocketClosedError(CloseCode.Disconnected, `recovery gave up at ${faultText(fault)}`);
}
