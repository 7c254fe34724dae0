/**
 * What is done about a fault, as data: a {@link RecoveryTable} has a rule for each kind of fault, and {@link recoverBy} creates the `recovery` option
 * from it. To change an entry, pass it: `recovery: recoverBy({ kicked: { action: 'rejoin' } })`.
 */
import type { Recovery, Rung, VoiceFault } from '../../fault.js';
import { CLOSE_CODES, type CloseCodeFacts } from '../../protocol/close-codes.js';
import { checkChanges } from './check-recovery.js';
import { DEFAULT_RECOVERY_BUDGET, type RecoveryBudget, type RecoveryChanges, type RecoveryRule, type RecoveryTable } from './recovery-table.js';

/**
 * A move looks like a kick at first: how long to wait for the events that tell them apart. Longer than the signalling waits for the second of its two
 * events.
 */
const WAIT_MS = 15_000;
/** Discord may take long to find another voice server; but its event can get lost, and then only op 4 helps. */
const NO_ENDPOINT_MS = 30_000;

/**
 * After being ready for this long (ms), a session has its whole recovery budget again. Each third of this time gives one try back. The option
 * `stableAfter` changes it.
 */
export const STABLE_MS = 10_000;

/** The default rules. Those for close codes come from `CLOSE_CODES`. */
export const RECOVERY_TABLE: RecoveryTable = {
  closed: Object.fromEntries(Object.entries(CLOSE_CODES).map(([code, facts]) => [code, closeRule(facts)])),
  closedOther: { below4000: { action: 'resume' }, above: { action: 'rejoin' } },
  acks: { action: 'resume' },
  timeout: { action: 'resume' },
  firstTimeout: { action: 'fail' },
  // A resume would keep the dead socket.
  udp: { action: 'reidentify' },
  'no-endpoint': { action: 'wait', ms: NO_ENDPOINT_MS, then: { action: 'rejoin' } },
  moved: { action: 'reidentify' },
  'new-token': { action: 'reidentify' },
  'gateway-reidentified': { action: 'reidentify' },
  kicked: { action: 'end', reason: 'kicked' },
  'call-ended': { action: 'end', reason: 'call-ended' },
};

/** The arguments of a {@link recoverBy} call: with them its function can be created again in a thread or process to which no function can be sent. */
export interface RecoveryRecipe {
  readonly changes: RecoveryChanges;
  readonly budget: RecoveryBudget;
}

const recipes = new WeakMap<object, RecoveryRecipe>();

/** The arguments that a function of {@link recoverBy} was created with; undefined for any other function. */
export function recipeOf(recovery: object): RecoveryRecipe | undefined {
  return recipes.get(recovery);
}

/** The default recovery: {@link recoverBy} without changes. */
export const defaultRecovery: (fault: VoiceFault, attempt: number) => Recovery = recoverBy();

/**
 * The `recovery` option that follows {@link RECOVERY_TABLE}, with these changes.
 *
 * ```ts
 * // Rejoin after a kick; after 4006 rejoin only once; end without an error if a call needs DAVE:
 * recovery: recoverBy({
 *   kicked: { action: 'rejoin' },
 *   closed: { 4006: { action: 'rejoin', tries: 1 }, 4017: { action: 'end', reason: 'call-ended' } },
 * })
 * ```
 *
 * The function gets a fault and its number in a row: 1 for the first, and lower again after the session has been ready for a while (see
 * {@link STABLE_MS}). It has no state of its own. The first try at resume or re-identify is made at once, each later one after a delay that doubles.
 * It always reaches `end` or `fail`: after three rungs of three tries at most.
 *
 * @throws VoiceOptionsError for a kind of fault that is not in the table, or a rule that is not valid
 */
export function recoverBy(
  changes: RecoveryChanges = {},
  budget: RecoveryBudget = {},
): (fault: VoiceFault, attempt: number) => Recovery {
  checkChanges(changes, budget);
  const { tries = DEFAULT_RECOVERY_BUDGET.tries, firstDelay = DEFAULT_RECOVERY_BUDGET.firstDelay, maxDelay = DEFAULT_RECOVERY_BUDGET.maxDelay } = budget;
  const table: RecoveryTable = {
    ...RECOVERY_TABLE,
    ...changes,
    closed: { ...RECOVERY_TABLE.closed, ...changes.closed },
    closedOther: { ...RECOVERY_TABLE.closedOther, ...changes.closedOther },
  };
  const backoff = (step: number): number => (step < 1 ? 0 : Math.min(firstDelay * 2 ** (step - 1), maxDelay));

  const apply = (rule: RecoveryRule, fault: VoiceFault, attempt: number): Recovery => {
    switch (rule.action) {
      case 'end':
      case 'fail':
        return rule;
      case 'wait':
        return { action: 'wait', delay: rule.ms ?? WAIT_MS, then: apply(rule.then ?? { action: 'fail' }, fault, attempt) };
      default: {
        const rung = fault.repeats > (rule.tries ?? Infinity) ? undefined : nextRung(rule.action, fault, tries);
        if (rung === undefined) return { action: 'fail' };
        // There is a pause between leaving and joining, even the first time.
        const step = rule.action === 'rejoin' ? attempt : attempt - 1;
        return { action: rung, delay: backoff(rung === 'rejoin' ? Math.max(1, step) : step) };
      }
    }
  };
  const recovery = (fault: VoiceFault, attempt: number): Recovery => apply(ruleFor(table, fault), fault, attempt);
  recipes.set(recovery, { changes, budget });
  return recovery;
}

function ruleFor(table: RecoveryTable, fault: VoiceFault): RecoveryRule {
  switch (fault.type) {
    case 'closed':
      return table.closed[fault.closeCode] ?? (fault.closeCode < 4000 ? table.closedOther.below4000 : table.closedOther.above);
    case 'timeout':
      if (!fault.wasReady) return table.firstTimeout;
      // Without an answer to op 4 there are no credentials to resume or identify with.
      return fault.stage === 'signalling' && isRung(table.timeout) ? { ...table.timeout, action: 'rejoin' } : table.timeout;
    default:
      return table[fault.type];
  }
}

const LADDER: readonly Rung[] = ['resume', 'reidentify', 'rejoin'];

/** Whether a rule or a decision is a rung of the ladder. */
export function isRung<T extends { readonly action: string }>(of: T): of is Extract<T, { readonly action: Rung }> {
  return (LADDER as readonly string[]).includes(of.action);
}

function nextRung(from: Rung, { resumable, fresh, tried }: VoiceFault, tries: number): Rung | undefined {
  const possible: Readonly<Record<Rung, boolean>> = { resume: resumable, reidentify: fresh, rejoin: true };
  return LADDER.slice(LADDER.indexOf(from)).find((rung) => possible[rung] && tried[rung] < tries);
}

function closeRule({ action, tries }: CloseCodeFacts): RecoveryRule {
  switch (action) {
    case 'wait':
      return { action, then: { action: 'end', reason: 'kicked' } };
    case 'fail':
      return { action };
    default:
      return tries === undefined ? { action } : { action, tries };
  }
}
