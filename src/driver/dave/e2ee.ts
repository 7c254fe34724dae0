/**
 * End-to-end encryption in the flow: one {@link E2ee} for each Identify, in the media slot. It sees every frame from there on and
 * outlives a resumed WebSocket.
 */
import { BehaviorSubject, catchError, defer, distinctUntilChanged, filter, from, map, NEVER, of, take, throwError, timer, type Observable, type SchedulerLike } from 'rxjs'; // prettier-ignore
import { VoiceUnsupportedError } from '../../errors.js';
import type { Log } from '../../log.js';
import type { FrameCipher } from '../../media/frame-cipher.js';
import type { E2eeState, Snowflake, VoiceServer } from '../../types.js';
import type { MediaSlot } from '../connection/media-slot.js';
import type { DaveCounts } from './cipher.js';
import { DaveMachine } from './machine.js';
import { Outbox } from './outbox.js';
import type { DaveProvider } from './provider.js';
import { PLAIN_STATE, sameE2eeState } from './state.js';

/** The end-to-end encryption of one media session. */
export interface E2ee {
  /** What frames have to pass; null while the call is plain and they pass as they are. */
  readonly cipher: FrameCipher | null;
  /** Whether what plays can be sent; while it cannot, it is to be held. Replays, and never errors. */
  readonly sendable$: Observable<boolean>;
  /** Whenever there may be other keys than before. */
  readonly changed$: Observable<unknown>;
  /** One value for each epoch and each other change. Replays. */
  readonly state$: Observable<E2eeState>;
  /** What became of the frames so far, by reason. */
  readonly counts: DaveCounts | undefined;
  /**
   * Emits once, and completes, as soon as there is nothing to wait for: frames can be sent, or nobody else is in the call. Errors
   * with a VoiceUnsupportedError where there is no provider and the call needs one; a provider that fails is a fault of the slot.
   *
   * @param version what Session Description says
   */
  ready$(version: number): Observable<unknown>;
  /**
   * The pairwise verification code with another member: 45 digits, the same on both sides. Null where there is none: the user is
   * not in the group, or there is no group. Takes some 0.2 s.
   */
  verify(userId: Snowflake): Observable<string | null>;
}

/** What {@link openE2ee} needs of the session's options. */
export interface E2eeOptions {
  readonly scheduler: SchedulerLike;
  readonly log: Log;
}

/**
 * Opens the end-to-end encryption of a media session, before Identify is sent. It is released with the slot. Throws what the
 * provider throws when it is asked for its version.
 *
 * @param provider false for none: then only plain calls are possible
 */
export function openE2ee(slot: MediaSlot, server: VoiceServer, provider: DaveProvider | false, options: E2eeOptions): E2ee {
  return provider === false ? NO_E2EE : daveE2ee(slot, server, provider, options);
}

const NO_E2EE: E2ee = {
  cipher: null,
  sendable$: of(true),
  changed$: NEVER,
  state$: of(PLAIN_STATE),
  counts: undefined,
  ready$: (version) =>
    version === 0
      ? of(undefined)
      : throwError(() => new VoiceUnsupportedError('dave', 'the server described a DAVE version, but no DaveProvider was given as `dave`')),
  verify: () => of(null),
};

function daveE2ee(slot: MediaSlot, server: VoiceServer, provider: DaveProvider, { scheduler, log }: E2eeOptions): E2ee {
  const outbox = new Outbox(slot);
  const machine$ = new BehaviorSubject<DaveMachine | undefined>(undefined);
  const machine = new DaveMachine(provider, server, {
    send: (message) => outbox.send(message),
    now: () => scheduler.now(),
    after: (ms, act) => slot.keep(timer(ms, scheduler).subscribe(act)),
    changed: () => machine$.next(machine),
    ignored: (what, reason) => log({ type: 'ignored', what, reason }),
    failed: (error) => slot.fail(error),
  });
  slot.keep(
    slot.frames$.subscribe((frame) => {
      outbox.frame(frame);
      machine.frame(frame);
    }),
  );
  return {
    get cipher() {
      return machine.plain ? null : machine.cipher;
    },
    changed$: machine$,
    sendable$: machine$.pipe(map(() => machine.sendable), distinctUntilChanged()), // prettier-ignore
    state$: machine$.pipe(map(() => machine.state), distinctUntilChanged(sameE2eeState)), // prettier-ignore
    get counts() {
      return machine.cipher.counts;
    },
    ready$: () => machine$.pipe(filter(() => machine.settled), take(1)), // prettier-ignore
    verify: (userId) =>
      defer(() => {
        const code = machine.verificationCode(userId);
        return code === undefined ? of(null) : from(code);
      }).pipe(catchError(() => of(null))),
  };
}
