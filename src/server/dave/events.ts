/** Events of the delivery service. They contain ids, numbers and reasons, but no key and no message. */
import type { Snowflake } from '../../types.js';

/**
 * Why a group was given up and every client asked for a key package. In order: one client is left; no client is left that could commit; no commit
 * came in time; the last client without DAVE has left; a reset was requested.
 */
export type ResetReason = 'alone' | 'nobody-left' | 'stalled' | 'upgrade' | 'asked';

/**
 * - `key-package`: one was accepted. `stale-key-package`: it was made before the client was told to begin anew, or sent by a member.
 *   `bad-key-package`: it breaks the rules
 * - `proposals`: a batch was sent
 * - `commit`: one was accepted; `epoch` is the new one, `members` its users by leaf index. `late-commit`: another one was faster, which is
 *   normal. `bad-commit`: malformed, or not what was proposed
 * - `flagged`: a client could not use a commit or a Welcome, opcode 31
 * - `ready`, `executed`: for a transition; `timedOut` if not all clients were ready
 * - `reset`: the group was given up
 * - `version`: the lowest shared version changed, and with it the version of the call
 * - `ignored`: a message that has no meaning in the current state
 * - `send-failed`: a client's `sendJson` or `sendBinary` threw
 */
export type DaveEvent =
  | { readonly type: 'key-package' | 'stale-key-package' | 'late-commit'; readonly userId: Snowflake }
  | { readonly type: 'bad-key-package' | 'bad-commit'; readonly userId: Snowflake; readonly reason: string }
  | {
      readonly type: 'proposals';
      readonly epoch: number;
      readonly adds: readonly Snowflake[];
      readonly removes: readonly number[];
      readonly recipients: readonly Snowflake[];
    }
  | {
      readonly type: 'commit';
      readonly userId: Snowflake;
      readonly epoch: number;
      readonly transitionId: number;
      readonly members: readonly (Snowflake | null)[];
    }
  | { readonly type: 'flagged' | 'ready'; readonly userId: Snowflake; readonly transitionId: number }
  | { readonly type: 'executed'; readonly transitionId: number; readonly version: number; readonly timedOut: boolean }
  | { readonly type: 'reset'; readonly reason: ResetReason }
  | { readonly type: 'version'; readonly version: number }
  | { readonly type: 'ignored'; readonly userId: Snowflake; readonly op: number; readonly reason: string }
  | { readonly type: 'send-failed'; readonly userId: Snowflake; readonly op: number };

/** How many events of each kind occurred, even if nobody listened. */
export type DaveCounters = Readonly<Record<DaveEvent['type'], number>>;

/** Counts events and passes them on. */
export class DaveLog {
  readonly #counters: Record<DaveEvent['type'], number> = {
    'key-package': 0, 'stale-key-package': 0, 'bad-key-package': 0, proposals: 0, commit: 0, 'late-commit': 0, 'bad-commit': 0,
    flagged: 0, ready: 0, executed: 0, reset: 0, version: 0, ignored: 0, 'send-failed': 0,
  }; // prettier-ignore

  constructor(private readonly listener: ((event: DaveEvent) => void) | undefined) {}

  /** A copy. */
  get counters(): DaveCounters {
    return { ...this.#counters };
  }

  emit(event: DaveEvent): void {
    this.#counters[event.type] += 1;
    this.listener?.(event);
  }
}
