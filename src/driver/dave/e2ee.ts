/**
 * End-to-end encryption in the flow: one {@link E2ee} for each Identify, in the media slot. It sees every frame from there on and
 * outlives a resumed WebSocket.
 */
import { BehaviorSubject, catchError, defer, distinctUntilChanged, filter, from, map, of, take, type Observable } from 'rxjs';
import type { Log } from '../../log.js';
import type { FrameCipher } from '../../media/frame-cipher.js';
import type { MediaTime } from '../../media/media-time.js';
import type { ServerFrame } from '../../protocol/frames.js';
import type { E2eeState, Snowflake } from '../../types.js';
import type { DaveCounts } from './cipher.js';
import type { CallMembers, MessageSink } from './host.js';
import { DaveMachine } from './machine.js';
import { NO_PROVIDER } from './no-provider.js';
import type { DaveProvider } from './provider.js';
import { sameE2eeState } from './state.js';

/** What an {@link E2ee} is made of and for. */
export interface E2eeOptions {
  /** False for none: then only plain calls are possible. */
  readonly provider: DaveProvider | false;
  readonly ids: { readonly userId: Snowflake; readonly channelId: Snowflake };
  /** Who else is in the call, as of the frames before the one that is taken. */
  readonly call: CallMembers;
  readonly outbox: MessageSink;
  readonly time: MediaTime;
  readonly log: Log;
  /** Is told, once, that the call needs what the provider cannot do: a VoiceUnsupportedError. */
  readonly fail: (error: unknown) => void;
}

/** The end-to-end encryption of one media session. */
export class E2ee {
  /** Whenever there may be other keys than before. Replays. */
  readonly changed$: Observable<unknown>;
  /** Whether what plays can be sent; while it cannot, it is to be held. Replays, and never errors. */
  readonly sendable$: Observable<boolean>;
  /** One value for each epoch and each other change. Replays. */
  readonly state$: Observable<E2eeState>;
  /** Emits once, and completes, as soon as there is nothing to wait for: frames can be sent, or nobody else is in the call. */
  readonly ready$: Observable<unknown>;
  readonly #machine: DaveMachine;
  readonly #machine$: BehaviorSubject<DaveMachine>;
  #cipher: FrameCipher | null = null;

  /** To be made before Identify is sent, so that no frame is missed. Throws what the provider throws when it is asked for its version. */
  constructor({ provider, ids, call, outbox, time, log, fail }: E2eeOptions) {
    const machine = new DaveMachine(provider === false ? NO_PROVIDER : provider, ids, {
      call,
      outbox,
      time,
      changed: () => this.#changed(),
      ignored: (what, reason) => log({ type: 'ignored', what, reason }),
      failed: fail,
    });
    const machine$ = new BehaviorSubject(machine);
    this.#machine = machine;
    this.#machine$ = machine$;
    this.changed$ = machine$;
    this.sendable$ = machine$.pipe(map(() => machine.sendable), distinctUntilChanged()); // prettier-ignore
    this.state$ = machine$.pipe(map(() => machine.state), distinctUntilChanged(sameE2eeState)); // prettier-ignore
    this.ready$ = machine$.pipe(filter(() => machine.settled), take(1)); // prettier-ignore
  }

  /** What frames have to pass; null while the call is plain and they pass as they are. */
  get cipher(): FrameCipher | null {
    return this.#cipher;
  }

  /** What became of the frames so far, by reason. */
  get counts(): DaveCounts {
    return this.#machine.cipher.counts;
  }

  /** The call is described with this DAVE version, 0 for none: what opcode 4 says, of which the handshake is the only reader. */
  describe(version: number): void {
    this.#machine.describe(version);
  }

  /** Takes a frame of the voice gateway, whatever it is. Who is in the call is of the frames up to it. */
  frame(frame: ServerFrame): void {
    this.#machine.frame(frame);
  }

  /** Somebody came into the call, or left it. */
  membersChanged(): void {
    this.#changed();
  }

  /**
   * The pairwise verification code with another member: 45 digits, the same on both sides. Null where there is none: the user is
   * not in the group, or there is no group. Takes some 0.2 s.
   */
  verify(userId: Snowflake): Observable<string | null> {
    return defer(() => {
      const code = this.#machine.verificationCode(userId);
      return code === undefined ? of(null) : from(code);
    }).pipe(catchError(() => of(null)));
  }

  #changed(): void {
    this.#cipher = this.#machine.plain ? null : this.#machine.cipher;
    this.#machine$.next(this.#machine);
  }
}
