/** Clients whose socket is lost: each has a grace before it leaves the group, and may come back after that too. */
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

  /** @param grace ms; Infinity for no end */
  constructor(
    private readonly scheduler: SchedulerLike,
    private readonly grace: number,
  ) {}

  /** The socket is lost. `onLapse` is called when the grace is over. */
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

  /** The grace of an absent client is over already. */
  lapse(userId: Snowflake): void {
    this.#absent.get(userId)?.lapse();
  }

  /** There is a socket again. The client's highest version if the grace was over, else undefined. */
  end(userId: Snowflake): number | undefined {
    const absence = this.#absent.get(userId);
    this.forget(userId);
    return absence?.lapsed === true ? absence.maxVersion : undefined;
  }

  /** The client is gone, or there anew. */
  forget(userId: Snowflake): void {
    this.#absent.get(userId)?.timer.unsubscribe();
    this.#absent.delete(userId);
  }

  close(): void {
    for (const { timer } of this.#absent.values()) timer.unsubscribe();
    this.#absent.clear();
  }
}
