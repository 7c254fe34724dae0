/**
 * Patience with clients that flag again and again, opcode 31. One that flags every message of an epoch it was not in any more has
 * a new key package on its way for each, and throws away the keys of all but the last: adding it at once, each time, leads to a
 * Welcome that fails, is flagged, and so on for ever. Given a moment, only the last key package is used.
 */
import { Subscription, type SchedulerLike } from 'rxjs';
import type { Participant } from './participant.js';

/** Flags in a row, without a sign of success between them, that are answered at once. */
export const FLAGS_AT_ONCE = 3;
/** How long, in ms, a client then waits after its last flag; doubled with each further one, up to 8 s. */
export const FLAG_PAUSE = 250;
const MOST_DOUBLINGS = 5;

/** Counts the flags of each client. */
export class FlagBackoff {
  readonly #flags = new WeakMap<Participant, number>();
  readonly #pauses = new Map<Participant, Subscription>();

  /** @param onEnd runs when a pause is over */
  constructor(
    private readonly scheduler: SchedulerLike,
    private readonly onEnd: () => void,
  ) {}

  /** A client flagged: from the fourth time on it is not added for a while. */
  flagged(participant: Participant): void {
    const flags = (this.#flags.get(participant) ?? 0) + 1;
    this.#flags.set(participant, flags);
    const beyond = flags - FLAGS_AT_ONCE;
    if (beyond <= 0) return;
    this.#pauses.get(participant)?.unsubscribe();
    participant.paused = true;
    const end = (): void => {
      this.#pauses.delete(participant);
      participant.paused = false;
      this.onEnd();
    };
    this.#pauses.set(participant, this.scheduler.schedule(end, FLAG_PAUSE * 2 ** Math.min(beyond - 1, MOST_DOUBLINGS)));
  }

  /** A client could use what it got: its flags so far are forgotten. */
  succeeded(participant: Participant): void {
    this.#flags.delete(participant);
  }

  /** No pause ends any more. */
  close(): void {
    for (const pause of this.#pauses.values()) pause.unsubscribe();
    this.#pauses.clear();
  }
}
