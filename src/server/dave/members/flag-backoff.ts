/**
 * Delays the re-adding of clients that flag (opcode 31) again and again. A client that flags every message of an epoch it has left sends a new key
 * package for each flag, and keeps the private keys of the last one only. If it were added at once each time, its Welcome would fail, be flagged, and
 * so on for ever. After a pause, only the last key package is used.
 */
import { Subscription, type SchedulerLike } from 'rxjs';
import type { Participant } from './participant.js';

/** So many flags in a row, without a success between them, are answered at once. */
export const FLAGS_AT_ONCE = 3;
/** How long, in ms, the client then waits after its last flag; doubled with each further flag, up to 8 s. */
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

  /** A client flagged: from the fourth flag on it is not added for a while. */
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

  /** A client succeeded: its flags so far are forgotten. */
  succeeded(participant: Participant): void {
    this.#flags.delete(participant);
  }

  /** Cancels all pauses. */
  close(): void {
    for (const pause of this.#pauses.values()) pause.unsubscribe();
    this.#pauses.clear();
  }
}
