/**
 * One voice server: the media slot, and WebSockets, one at a time, until recovery says otherwise.
 *
 * ```
 * voiceServer$
 * ├─ slot        UDP socket, seal, sender, receiver   one per Identify; survives the loss of a WebSocket
 * └─ attempts    one WebSocket at a time              socket → Hello → heartbeat + (identify | resume)
 * ```
 */
import { catchError, defer, ignoreElements, map, merge, mergeMap, NEVER, Observable, of, retry, switchMap, tap, throwError, timer, type MonoTypeOperatorFunction } from 'rxjs'; // prettier-ignore
import { VoiceTimeoutError } from '../errors.js';
import { CloseCode } from '../protocol/close-codes.js';
import type { VoiceGatewayVersion } from '../protocol/opcodes.js';
import type { ConnectStage, EndReason, VoiceServer, VoiceState } from '../types.js';
import type { Attempts } from './attempts.js';
import { control$, type Control } from './control.js';
import { openE2ee } from './dave/e2ee.js';
import { failureOf, faultOf } from './faults.js';
import { handshake$, hello$, resume$ } from './handshake.js';
import { heartbeat$ } from './heartbeat.js';
import { Media } from './media.js';
import { MediaSlot } from './media-slot.js';
import type { ResolvedOptions } from './options.js';
import type { Recovery, VoiceFault } from './recovery.js';
import { Roster } from './roster.js';
import type { SessionCore } from './session.js';
import { inStage, type StageOptions } from './stages.js';

/** What a voice server's Observable tells: that audio can flow, or that recovery ended the session. */
export type ServerNews = 'ready' | { readonly ended: EndReason };

/** Thrown towards the signalling: this server is given up, op 4 has to find another. Never reaches the user. */
export class RejoinRequest {
  constructor(readonly delay: number) {}
}

/** Errors with what recovery could not mend, or with a {@link RejoinRequest}. Unsubscribing closes everything. */
export function voiceServer$(
  server: VoiceServer,
  core: SessionCore,
  attempts: Attempts,
  options: ResolvedOptions,
): Observable<ServerNews> {
  return new Observable((subscriber) => {
    const connection = new VoiceServerConnection(server, core, attempts, options);
    subscriber.add(connection.run$().subscribe(subscriber));
    subscriber.add(() => connection.release());
  });
}

/** Thrown out of the retry loop, and told as news. */
class Ending {
  constructor(readonly reason: EndReason) {}
}

class VoiceServerConnection {
  readonly #server: VoiceServer;
  readonly #core: SessionCore;
  readonly #attempts: Attempts;
  readonly #options: ResolvedOptions;
  readonly #slot = new MediaSlot();
  readonly #roster: Roster;
  readonly #stages: StageOptions;
  /** The state to return to when a resume has succeeded; undefined while there is nothing to resume. */
  #established: VoiceState | undefined;
  /** What the next WebSocket is for. */
  #resuming = false;
  /** The last sequence number seen, kept from one WebSocket to the next. */
  #seq: number | undefined;
  #version: VoiceGatewayVersion;

  constructor(server: VoiceServer, core: SessionCore, attempts: Attempts, options: ResolvedOptions) {
    this.#server = server;
    this.#core = core;
    this.#attempts = attempts;
    this.#options = options;
    this.#version = options.gatewayVersion;
    this.#roster = new Roster(server.userId, {
      onMembers: (members) => core.members$.next(members),
      onSpeaking: (event) => core.speaking$.next(event),
    });
    this.#slot.frames$.subscribe((frame) => this.#roster.frame(frame));
    this.#stages = { ...options, enter: (stage) => this.#enter(stage) };
  }

  run$(): Observable<ServerNews> {
    const faults$ = this.#slot.faults$.pipe(mergeMap((error) => throwError(() => error)));
    // Faults first: one that came between two attempts must not let the next begin.
    return merge(faults$, defer(() => this.#attempt$())).pipe(
      retry({ delay: (error: unknown) => this.#recover(error) }),
      catchError((error: unknown) => (error instanceof Ending ? of({ ended: error.reason }) : throwError(() => error))),
    );
  }

  release(): void {
    this.#established = undefined;
    this.#core.detach();
    this.#roster.clear();
    this.#slot.release();
  }

  /** One WebSocket, from opening to loss. */
  #attempt$(): Observable<ServerNews> {
    const { transports, gatewayVersion, logFor } = this.#options;
    const log = logFor(this.#server.guildId);
    return transports.socket$(this.#server.endpoint, gatewayVersion).pipe(
      inStage('socket', this.#stages),
      switchMap((socket) => control$(socket, { version: this.#version, log, seq: this.#resuming ? this.#seq : undefined })),
      switchMap((control) =>
        merge(
          this.#connected$(control),
          hello$(control).pipe(
            inStage('hello', this.#stages),
            switchMap(({ heartbeatInterval }) =>
              merge(this.#heartbeats$(control, heartbeatInterval), this.#resuming ? this.#resume$(control) : this.#identify$(control)),
            ),
          ),
        ),
      ),
    );
  }

  /** Ties the WebSocket to the slot; when it goes, what the next one needs is kept. */
  #connected$(control: Control): Observable<never> {
    return new Observable(() => {
      const subscription = this.#slot.connect(control);
      subscription.add(() => {
        this.#seq = control.seq;
        this.#version = control.version;
      });
      return subscription;
    });
  }

  #heartbeats$(control: Control, period: number): Observable<never> {
    return heartbeat$(control, period, this.#options).pipe(
      tap((gateway) => this.#core.latency$.next({ gateway })),
      ignoreElements(),
      giveUp(control),
    );
  }

  #identify$(control: Control): Observable<ServerNews> {
    return defer(() => {
      const { dave, scheduler, logFor } = this.#options;
      // Opened before Identify, so that no frame is missed; waited for only if the call turns out to be encrypted.
      const e2ee = openE2ee(this.#slot, this.#server, dave, { scheduler, log: logFor(this.#server.guildId) });
      return handshake$(control, this.#server, this.#slot, this.#options, this.#stages).pipe(
        switchMap((handshake) => {
          const media = new Media(handshake, this.#slot, this.#core, this.#roster, e2ee, this.#options);
          const { ssrc, mode, daveVersion } = handshake;
          const ready$ = e2ee.ready$(daveVersion);
          return (daveVersion === 0 ? ready$ : ready$.pipe(inStage('dave', this.#stages))).pipe(
            map(() => {
              this.#core.e2ee = e2ee;
              this.#slot.keep(e2ee.state$.subscribe((state) => this.#core.e2ee$.next(state)));
              media.attach();
              const { channelId } = this.#server;
              return this.#up({ status: 'ready', channelId, ssrc, mode, daveVersion });
            }),
          );
        }),
      );
    });
  }

  #resume$(control: Control): Observable<ServerNews> {
    return resume$(control, this.#server).pipe(
      inStage('ready', this.#stages),
      giveUp(control),
      map(() => {
        this.#core.pump.announce();
        return this.#up(this.#established!);
      }),
    );
  }

  #up(state: VoiceState): ServerNews {
    this.#established = state;
    this.#attempts.ready(this.#options.scheduler.now());
    this.#core.enter(state);
    return 'ready';
  }

  #enter(stage: ConnectStage): void {
    if (this.#attempts.wasReady) return;
    this.#core.enter({ status: 'connecting', stage, attempt: this.#attempts.count + 1 });
  }

  /** Decides on an error of the flow: emits when the next attempt is to begin, or errors to end the attempts. */
  #recover(error: unknown): Observable<unknown> {
    const fault = faultOf(error, this.#attempts.wasReady);
    if (fault === undefined) return throwError(() => error);
    const attempt = this.#attempts.fault(this.#options.scheduler.now());
    const recovery = this.#possible(this.#options.recovery(fault, attempt));
    this.#options.logFor(this.#server.guildId)({ type: 'fault', fault, recovery });
    if (recovery.action === 'resume') {
      this.#resuming = true;
      this.#core.enter({ status: 'resuming', attempt });
      return this.#after(recovery.delay);
    }
    this.#resuming = false;
    this.release();
    if (this.#attempts.wasReady) this.#core.enter({ status: 'reconnecting', attempt, closeCode: closeCodeOf(fault) });
    switch (recovery.action) {
      case 'reidentify':
        return this.#after(recovery.delay);
      case 'rejoin':
        return throwError(() => new RejoinRequest(this.#jittered(recovery.delay)));
      case 'wait':
        return this.#after(recovery.delay).pipe(switchMap(() => throwError(() => failureOf(error))));
      case 'end':
        return throwError(() => new Ending(recovery.reason));
      case 'fail':
        return throwError(() => failureOf(error));
    }
  }

  /** A connection that never came as far as a secret key has nothing to resume. */
  #possible(recovery: Recovery): Recovery {
    return recovery.action === 'resume' && this.#established === undefined ? { ...recovery, action: 'reidentify' } : recovery;
  }

  #after(delay: number): Observable<unknown> {
    return delay === 0 ? of(undefined) : timer(this.#jittered(delay), this.#options.scheduler);
  }

  /** ± 10 %, so that a crowd of sessions that fell together does not come back together. */
  #jittered(delay: number): number {
    const [byte = 0] = this.#options.random(1);
    return Math.round(delay * (0.9 + (0.2 * byte) / 255));
  }
}

function closeCodeOf(fault: VoiceFault): number | null {
  return fault.type === 'closed' ? fault.closeCode : null;
}

/**
 * Instead of erroring, drops the WebSocket with a code that allows a resume; the error then comes from the socket. To error right
 * here would unsubscribe from the socket, which closes it with 1000 and so ends the session.
 */
function giveUp<T>(control: Control): MonoTypeOperatorFunction<T> {
  return catchError((error: unknown) => {
    control.drop(CloseCode.HeartbeatLost, error instanceof VoiceTimeoutError ? 'resume timed out' : 'heartbeats unanswered');
    return NEVER;
  });
}
