/** The form of what is said about recovery: plain data. */
import type { Rung } from '../../fault.js';
import type { EndReason } from '../../types.js';

/**
 * What a {@link RecoveryTable} says about one kind of fault. A rung is where the ladder is entered: when its budget is spent, the
 * next one up is tried, and after the last the session fails; a rung that leads nowhere is left out. `tries` bounds how often this very fault is met with the ladder:
 * after that the session fails. `wait` takes `ms`, 15 s by default.
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
  /** Close codes that are not in the table: below 4000 a lost connection, above a wish for new credentials. */
  readonly closedOther: { readonly below4000: RecoveryRule; readonly above: RecoveryRule };
  readonly acks: RecoveryRule;
  /** A stage that hung after the session had once been ready. */
  readonly timeout: RecoveryRule;
  /** A first connection that hangs: told to the caller at once, with the likely cause. To try on would only hide it. */
  readonly firstTimeout: RecoveryRule;
  readonly udp: RecoveryRule;
  readonly 'no-endpoint': RecoveryRule;
  readonly moved: RecoveryRule;
  readonly 'new-token': RecoveryRule;
  readonly 'gateway-reidentified': RecoveryRule;
  readonly kicked: RecoveryRule;
  readonly 'call-ended': RecoveryRule;
}

/** Changes to a {@link RecoveryTable}, entry by entry: what is left out stays. */
export interface RecoveryChanges extends Partial<Omit<RecoveryTable, 'closed' | 'closedOther'>> {
  readonly closed?: Readonly<Record<number, RecoveryRule>>;
  readonly closedOther?: Partial<RecoveryTable['closedOther']>;
}

/** How much is tried, and how fast. */
export interface RecoveryBudget {
  /** Tries at one rung before the next, counted since the session was last stable. Default 3. */
  readonly tries?: number;
  /** ms before the second try; doubled for each further one. Default 250. */
  readonly firstDelay?: number;
  /** ms; no delay is longer. Default 5 000. */
  readonly maxDelay?: number;
}

/** The {@link RecoveryBudget} unless told otherwise. */
export const DEFAULT_RECOVERY_BUDGET = { tries: 3, firstDelay: 250, maxDelay: 5_000 } as const satisfies Required<RecoveryBudget>;
