/** Reports suspicious behaviour, and decides whether it is refused. */
import type { About, EventLog } from './events.js';
import { SUSPICIONS, type Suspicion, type SuspicionCounters } from './rules/suspicions.js';

/** Counts even if nobody listens. */
export class Suspicions {
  readonly #counters = Object.fromEntries(Object.keys(SUSPICIONS).map((what) => [what, 0])) as Record<Suspicion, number>;

  /** @param strict whether suspicious behaviour is refused */
  constructor(
    private readonly events: EventLog,
    private readonly strict: boolean,
  ) {}

  /** The counts are live. */
  get counters(): SuspicionCounters {
    return this.#counters;
  }

  /** Notes a suspicious behaviour of a user. Returns whether to refuse it. */
  saw(what: Suspicion, { userId, guildId }: About): boolean {
    this.#counters[what]++;
    if (this.events.observed) this.events.emit({ type: 'suspicious', what, userId, guildId });
    return this.strict;
  }
}
