/** Clients whose socket is lost: each has a grace period before it leaves the group, and may come back even after that. */
import { Subscription, type SchedulerLike } from 'rxjs';
import { deadline } from '../../../deadline.js';
import type { Snowflake } from '../../../types.js';

interface Absence {
  readonly maxVersion: number;
  readonly timer: Subscription;
  readonly lapse: () => void;
  lapsed: boolean;
}

/** One entry for each client without a socket. */
export class Absences {
  readonly #absent = new Map<Snowflake, Absence>();

  /** @param grace length of the grace period in ms; Infinity for no end */
  constructor(
    private readonly scheduler: SchedulerLike,
    private readonly grace: number,
  ) {}

  /** The socket is lost. `onLapse` is called when the grace period is over. */
  begin(userId: Snowflake, maxVersion: number, onLapse: () => void): void {
    this.forget(userId);
    const lapse = (): void => {
      timer.unsubscribe();
      absence.lapsed = true;
      onLapse();
    };
    const timer = this.grace === Infinity ? Subscription.EMPTY : deadline(this.grace, this.scheduler, lapse);
    const absence: Absence = { maxVersion, timer, lapse, lapsed: false };
    this.#absent.set(userId, absence);
  }

  /** Ends the grace period of an absent client now. */
  lapse(userId: Snowflake): void {
    this.#absent.get(userId)?.lapse();
  }

  /** The client has a socket again. Returns its highest version if the grace period was over, else undefined. */
  end(userId: Snowflake): number | undefined {
    const absence = this.#absent.get(userId);
    this.forget(userId);
    return absence?.lapsed === true ? absence.maxVersion : undefined;
  }

  /** The client has left, or has joined again. */
  forget(userId: Snowflake): void {
    this.#absent.get(userId)?.timer.unsubscribe();
    this.#absent.delete(userId);
  }

  close(): void {
    for (const { timer } of this.#absent.values()) timer.unsubscribe();
    this.#absent.clear();
  }
}
