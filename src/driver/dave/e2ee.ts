/**
 * End-to-end encryption in the flow: one {@link E2ee} for each Identify, in the media slot. It sees every frame from then on, and survives resumes of
 * the WebSocket.
 */
import { BehaviorSubject, catchError, defer, distinctUntilChanged, filter, from, map, Observable, of, take } from 'rxjs';
import type { Log } from '../../log.js';
import type { FrameCipher } from '../../media/frame-cipher.js';
import type { MediaTime } from '../../media/media-time.js';
import type { ServerFrame } from '../../protocol/frames.js';
import { VoiceOp } from '../../protocol/opcodes.js';
import type { E2eeState, Snowflake } from '../../types.js';
import type { DaveCounts } from './cipher.js';
import type { CallMembers, MessageSink } from './host.js';
import { DaveMachine } from './machine.js';
import { NO_PROVIDER } from './no-provider.js';
import type { DaveProvider } from './provider.js';
import { resultOf } from './result.js';
import { PLAIN_STATE, sameE2eeState } from './state.js';

/** The parts and settings of an {@link E2ee}. */
export interface E2eeOptions {
  /** False for no provider: then only plain calls are possible. */
  readonly provider: DaveProvider | false;
  /** Whether nothing may be sent or received in the clear, whatever the server describes. */
  readonly required: boolean;
  readonly ids: { readonly userId: Snowflake; readonly channelId: Snowflake };
  /** Who else is in the call, according to the frames before the current one. */
  readonly call: CallMembers;
  readonly outbox: MessageSink;
  readonly time: MediaTime;
  readonly log: Log;
  /** Called whenever `changed$` emits, without a stream. */
  readonly changed?: () => void;
  /** Called once, with a VoiceUnsupportedError, if the call needs something that the provider cannot do. */
  readonly fail: (error: unknown) => void;
}

/** The end-to-end encryption of one media session. A plain call needs no machine: it is created at the first sign of DAVE. */
export class E2ee {
  readonly #options: E2eeOptions;
  /** Created for the first subscriber. */
  #changed$: BehaviorSubject<unknown> | undefined;
  #machine: DaveMachine | undefined;
  /** Whether the call was described, as plain, while there was no machine. */
  #plain = false;

  /** Must be created before Identify is sent, so that no frame is missed. */
  constructor(options: E2eeOptions) {
    this.#options = options;
    if (options.required) this.#begin();
  }

  /** Emits whenever the keys, or any other property of this object, may have changed. Replays. */
  get changed$(): Observable<unknown> {
    return (this.#changed$ ??= new BehaviorSubject<unknown>(undefined));
  }

  /** Whether what plays can be sent; while it cannot, it must be held. */
  get sendable(): boolean {
    return this.#machine?.sendable ?? this.#plain;
  }

  /** The same. Replays, and never errors. */
  get sendable$(): Observable<boolean> {
    return this.changed$.pipe(map(() => this.sendable), distinctUntilChanged()); // prettier-ignore
  }

  /** The state to announce. */
  get state(): E2eeState {
    return this.#machine?.state ?? PLAIN_STATE;
  }

  /** The same: one value for each epoch and each other change. Replays. */
  get state$(): Observable<E2eeState> {
    return this.changed$.pipe(map(() => this.state), distinctUntilChanged(sameE2eeState)); // prettier-ignore
  }

  /**
   * Emits once, and completes, as soon as there is nothing to wait for: frames can be sent, nobody else is in the call, or it is plain although
   * encryption is required.
   */
  get ready$(): Observable<unknown> {
    return new Observable((subscriber) => {
      if (!this.#settled) return this.changed$.pipe(filter(() => this.#settled), take(1)).subscribe(subscriber); // prettier-ignore
      subscriber.next(undefined);
      subscriber.complete();
    });
  }

  get #settled(): boolean {
    return this.#machine?.settled ?? this.#plain;
  }

  /** The cipher that frames must pass through; null while the call is plain and they pass unchanged. */
  get cipher(): FrameCipher | null {
    return this.#machine === undefined || this.#machine.plain ? null : this.#machine.cipher;
  }

  /** How many frames were handled in each way so far; undefined if the call was always plain. */
  get counts(): DaveCounts | undefined {
    return this.#machine?.cipher.counts;
  }

  /**
   * Sets the DAVE version of the call, 0 for none. It comes from opcode 4, which only the handshake reads. Throws what the provider throws when it is
   * asked for its version.
   */
  describe(version: number): void {
    if (version > 0 || this.#machine !== undefined) return this.#begin().describe(version);
    this.#plain = true;
    this.#changed();
  }

  /** Takes any frame of the voice gateway. The list of members must already reflect it. */
  frame(frame: ServerFrame): void {
    if (this.#machine === undefined && !isDave(frame)) return;
    const machine = resultOf(() => this.#begin());
    if (machine.ok) machine.value.frame(frame);
    else this.#options.fail(machine.error);
  }

  /** Somebody joined or left the call. */
  membersChanged(): void {
    this.#changed();
  }

  /**
   * The pairwise verification code with another member: 45 digits, the same on both sides. Null if there is none: the user is not in the group, or
   * there is no group. Takes some 0.2 s.
   */
  verify(userId: Snowflake): Observable<string | null> {
    return defer(() => {
      const code = this.#machine?.verificationCode(userId);
      return code === undefined ? of(null) : from(code);
    }).pipe(catchError(() => of(null)));
  }

  /** Creates the machine if necessary, and passes on an earlier description of the call. */
  #begin(): DaveMachine {
    if (this.#machine !== undefined) return this.#machine;
    const { provider, required, ids, call, outbox, time, log, fail } = this.#options;
    this.#machine = new DaveMachine(provider === false ? NO_PROVIDER : provider, ids, required, {
      call,
      outbox,
      time,
      changed: () => this.#changed(),
      ignored: (what, reason) => log({ type: 'ignored', what, reason }),
      failed: fail,
    });
    if (this.#plain) this.#machine.describe(0);
    return this.#machine;
  }

  #changed(): void {
    this.#options.changed?.();
    this.#changed$?.next(undefined);
  }
}

function isDave(frame: ServerFrame): boolean {
  return frame.kind === 'binary' || (frame.op >= VoiceOp.DavePrepareTransition && frame.op <= VoiceOp.MlsInvalidCommitWelcome);
}
