/** Tells of what is suspicious, and decides whether that is refused. */
import type { About, EventLog } from './events.js';
import { SUSPICIONS, type Suspicion, type SuspicionCounters } from './rules/suspicions.js';

/** Counts whether or not anybody listens. */
export class Suspicions {
  readonly #counters = Object.fromEntries(Object.keys(SUSPICIONS).map((what) => [what, 0])) as Record<Suspicion, number>;

  /** @param strict whether what is suspicious is refused */
  constructor(
    private readonly events: EventLog,
    private readonly strict: boolean,
  ) {}

  /** They live on, and count. */
  get counters(): SuspicionCounters {
    return this.#counters;
  }

  /** Something was seen of a user. Whether it is to be refused. */
  saw(what: Suspicion, { userId, guildId }: About): boolean {
    this.#counters[what]++;
    if (this.events.observed) this.events.emit({ type: 'suspicious', what, userId, guildId });
    return this.strict;
  }
}
