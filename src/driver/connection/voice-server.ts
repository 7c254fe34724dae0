/**
 * One voice server: the media slot, and WebSockets, one at a time, until recovery says otherwise.
 *
 * ```
 * voiceServer$
 * ├─ slot        UDP socket, seal, sender, receiver   one per Identify; survives the loss of a WebSocket
 * └─ WebSockets  one at a time                        socket → Hello → heartbeat + (identify | resume)
 * ```
 */
import { catchError, map, NEVER, Observable, of, race, throwError, type SchedulerLike } from 'rxjs';
import type { Recovery } from '../../fault.js';
import type { Log } from '../../log.js';
import { firstFollowedBy, followedBy, operate } from '../../operate.js';
import { CloseCode } from '../../protocol/close-codes.js';
import type { VoiceGatewayVersion } from '../../protocol/opcodes.js';
import type { ConnectStage, VoiceServer, VoiceState } from '../../types.js';
import type { FaultCounter } from '../recovery/fault-counter.js';
import { control$, type Control } from './control.js';
import { carryOut$ } from '../recovery/carry-out.js';
import { closeCodeOf, failureOf, faultOf } from '../recovery/fault-errors.js';
import { handshake$, hello$, resume$ } from './handshake.js';
import { Heartbeat, type HeartbeatListener } from './heartbeat.js';
import { MediaSession } from './media-session.js';
import { MediaSlot } from './media-slot.js';
import type { ResolvedOptions } from '../options.js';
import { recovering } from '../recovery/recovering.js';
import { redactError } from '../recovery/redact-error.js';
import type { SessionCore } from '../session/session.js';
import { inStage, type StageOptions } from './stages.js';

/**
 * Emits the server each time audio can flow through it. Errors with an error that recovery could not fix, with a RejoinRequest if op 4 has to find
 * another server, or with an EndRequest. Unsubscribing closes everything.
 */
export function voiceServer$(
  server: VoiceServer,
  core: SessionCore,
  faults: FaultCounter,
  options: ResolvedOptions,
): Observable<VoiceServer> {
  return new Observable((subscriber) => {
    const connection = new VoiceServerConnection(server, core, faults, options);
    // Added to the subscriber, so that unsubscribing during `subscribe` ends everything. One subscription above all retries, so that every WebSocket
    // is closed before the slot, which then has nobody left to report to.
    connection.run$().subscribe(operate({ destination: subscriber }));
    subscriber.add(() => connection.end());
  });
}

class VoiceServerConnection implements HeartbeatListener, StageOptions {
  readonly timeouts: StageOptions['timeouts'];
  readonly scheduler: SchedulerLike;
  readonly #server: VoiceServer;
  readonly #core: SessionCore;
  readonly #faults: FaultCounter;
  readonly #options: ResolvedOptions;
  #slot: MediaSlot;
  #over = false;
  readonly #log: Log;
  /** The state to return to when a resume has succeeded; undefined while there is nothing to resume. */
  #established: VoiceState | undefined;
  /** Whether the token was sent in an Identify, and so is used up. */
  #identified = false;
  /** What the next WebSocket is for. */
  #resuming = false;
  /** The last sequence number seen, kept from one WebSocket to the next. */
  #seq: number | undefined;
  #version: VoiceGatewayVersion;

  constructor(server: VoiceServer, core: SessionCore, faults: FaultCounter, options: ResolvedOptions) {
    this.#server = server;
    this.#core = core;
    this.#faults = faults;
    this.#options = options;
    this.#version = options.gatewayVersion;
    for (const secret of [server.token, server.sessionId]) options.secrets.add(secret);
    this.#slot = new MediaSlot(options.scheduler);
    this.#log = options.logFor(server.guildId);
    this.timeouts = options.timeouts;
    this.scheduler = options.scheduler;
  }

  run$(): Observable<VoiceServer> {
    const life$ = new Observable<VoiceServer>((subscriber) => {
      // Faults first: after one that came between two WebSockets, the next must not be opened.
      this.#slot.endWithLoss(subscriber);
      if (!subscriber.closed) this.#webSocket$().subscribe(subscriber);
    });
    return life$.pipe(recovering((error) => this.#recover(error)));
  }

  /** Closes everything, for good. */
  end(): void {
    this.#over = true;
    this.#release();
  }

  /** Releases the media session. The next Identify gets a new slot. After the end there is no new slot, and the released one acquires nothing. */
  #release(): void {
    this.#established = undefined;
    this.#core.detach();
    this.#slot.release();
    if (!this.#over) this.#slot = new MediaSlot(this.scheduler);
  }

  /** One WebSocket, from opening to loss. */
  #webSocket$(): Observable<VoiceServer> {
    const { transports, gatewayVersion } = this.#options;
    const log = this.#log;
    return transports.socket$(this.#server.endpoint, gatewayVersion).pipe(
      inStage('socket', this, (socket) =>
        control$(socket, { version: this.#version, log, seq: this.#resuming ? this.#seq : undefined }).pipe(
          followedBy((control) => this.#opened$(control)),
        ),
      ),
    );
  }

  /**
   * The flow of an open WebSocket. The WebSocket is attached to the slot; when it closes, the sequence number and version are kept for the next one.
   */
  #opened$(control: Control): Observable<VoiceServer> {
    return new Observable((subscriber) => {
      const heartbeat = new Heartbeat(control, this.scheduler, this);
      const connection = this.#slot.connect(control, heartbeat);
      connection.add(() => {
        this.#seq = control.seq;
        this.#version = control.version;
      });
      subscriber.add(connection);
      hello$(control)
        .pipe(
          inStage('hello', this, ({ heartbeatInterval }) => {
            subscriber.add(heartbeat.start(heartbeatInterval));
            return this.#resuming ? this.#resume$(control) : this.#identify$(control);
          }),
        )
        // Completion is ignored: once audio can flow, only the WebSocket remains, and it ends by being lost.
        .subscribe(operate<VoiceServer>({ destination: subscriber, complete: () => undefined }));
    });
  }

  roundTrip(gateway: number): void {
    this.#core.roundTrip({ gateway });
  }

  unanswered(): void {
    const { control } = this.#slot;
    if (control !== undefined) giveUp(control, CloseCode.HeartbeatLost, 'heartbeats unanswered');
  }

  #identify$(control: Control): Observable<VoiceServer> {
    this.#identified = true;
    const media = new MediaSession(this.#server, this.#slot, this.#core, this.#options);
    return handshake$(control, this.#server, this.#slot, this.#options, this).pipe(
      firstFollowedBy((handshake) => {
        const { ssrc, mode, secretKey, daveVersion } = handshake;
        // A copy: the original is overwritten as soon as the seal is created.
        this.#options.secrets.add(secretKey.slice());
        const ready$ = media.open(handshake);
        return (daveVersion === 0 ? ready$ : ready$.pipe(inStage('dave', this))).pipe(
          followedBy(() => {
            media.attach();
            return of(this.#up({ status: 'ready', channelId: this.#server.channelId, ssrc, mode, daveVersion }));
          }),
        );
      }),
    );
  }

  #resume$(control: Control): Observable<VoiceServer> {
    return resume$(control, this.#server).pipe(
      inStage('ready', this),
      catchError(() => {
        giveUp(control, CloseCode.ResumeLost, 'resume unanswered');
        return NEVER;
      }),
      map(() => {
        this.#core.pump.announce();
        return this.#up(this.#established!);
      }),
    );
  }

  #up(state: VoiceState): VoiceServer {
    this.#established = state;
    this.#faults.ready(this.scheduler.now());
    this.#core.enter(state);
    return this.#server;
  }

  enter(stage: ConnectStage): void {
    if (this.#faults.wasReady) return;
    this.#core.enter({ status: 'connecting', stage, attempt: this.#faults.count + 1 });
  }

  /** Decides on an error of the flow: emits when the next WebSocket is to be opened, or errors if there is to be none. */
  #recover(error: unknown): Observable<unknown> {
    // First of all, before the error is used: its text may come from the server or the network.
    redactError(error, this.#options.secrets);
    const kind = faultOf(error);
    if (kind === undefined) return throwError(() => error);
    const faults = this.#faults;
    const fault = faults.add(kind, { resumable: this.#established !== undefined, fresh: !this.#identified }, this.scheduler.now());
    const recovery = this.#possible(this.#options.recovery(fault, faults.count));
    faults.decided(recovery);
    this.#log({ type: 'fault', fault, recovery });
    this.#resuming = recovery.action === 'resume';
    if (!this.#resuming) this.#release();
    this.#core.fault(fault);
    // The session may have ended in the calls above: its end may have waited for this close code, or the caller may have unsubscribed.
    if (this.#over) return NEVER;
    if (this.#resuming) this.#core.enter({ status: 'resuming', attempt: faults.count });
    else if (faults.wasReady) this.#core.enter({ status: 'reconnecting', attempt: faults.count, closeCode: closeCodeOf(fault) });
    const next$ = carryOut$(recovery, () => failureOf(error), this.#options);
    // A resume waits its delay while audio flows; if a fault of the slot stops the audio, it waits no longer.
    return this.#resuming ? race(next$, this.#slot.faults$) : next$;
  }

  /** A connection that never received a secret key has nothing to resume. */
  #possible(recovery: Recovery): Recovery {
    return recovery.action === 'resume' && this.#established === undefined ? { ...recovery, action: 'reidentify' } : recovery;
  }
}

/**
 * Instead of erroring, drops the WebSocket with a code that allows a resume; the error then comes from the socket. An error raised here would
 * unsubscribe from the socket, which closes it with 1000 and so ends the session.
 */
function giveUp(control: Control, closeCode: number, reason: string): void {
  control.drop(closeCode, reason);
}
