/** The data types of the recovery rules. */
import type { Rung } from '../../fault.js';
import type { EndReason } from '../../types.js';

/**
 * What a {@link RecoveryTable} says about one kind of fault. A rung is where the ladder is entered: when its budget is used up, the next rung is
 * tried, and after the last one the session fails; a rung that is not possible is skipped. `tries` limits how often the ladder is used for the same
 * fault: after that the session fails. `wait` takes `ms`, 15 s by default.
 */
export type RecoveryRule =
  | { readonly action: Rung; readonly tries?: number }
  | { readonly action: 'wait'; readonly ms?: number; readonly then?: RecoveryRule }
  | { readonly action: 'end'; readonly reason: EndReason }
  | { readonly action: 'fail' };

/** A rule for each kind of fault. */
export interface RecoveryTable {
  /** By close code. */
  readonly closed: Readonly<Record<number, RecoveryRule>>;
  /** Close codes that are not in the table: below 4000 a lost connection, above a request for new credentials. */
  readonly closedOther: { readonly below4000: RecoveryRule; readonly above: RecoveryRule };
  readonly acks: RecoveryRule;
  /** A stage that timed out after the session had once been ready. */
  readonly timeout: RecoveryRule;
  /** A first connection that timed out: reported to the caller at once, with the likely cause, which further tries would only hide. */
  readonly firstTimeout: RecoveryRule;
  readonly udp: RecoveryRule;
  readonly 'no-endpoint': RecoveryRule;
  readonly moved: RecoveryRule;
  readonly 'new-token': RecoveryRule;
  readonly 'gateway-reidentified': RecoveryRule;
  readonly kicked: RecoveryRule;
  readonly 'call-ended': RecoveryRule;
}

/** Changes to a {@link RecoveryTable}, entry by entry: omitted entries stay. */
export interface RecoveryChanges extends Partial<Omit<RecoveryTable, 'closed' | 'closedOther'>> {
  readonly closed?: Readonly<Record<number, RecoveryRule>>;
  readonly closedOther?: Partial<RecoveryTable['closedOther']>;
}

/** How many tries are made, and how fast. */
export interface RecoveryBudget {
  /** The number of tries at one rung before the next, counted since the session was last stable. Default 3. */
  readonly tries?: number;
  /** Delay before the second try, in ms; doubled for each further try. Default 250. */
  readonly firstDelay?: number;
  /** The longest delay, in ms. Default 5 000. */
  readonly maxDelay?: number;
}

/** The defaults of {@link RecoveryBudget}. */
export const DEFAULT_RECOVERY_BUDGET = { tries: 3, firstDelay: 250, maxDelay: 5_000 } as const satisfies Required<RecoveryBudget>;
