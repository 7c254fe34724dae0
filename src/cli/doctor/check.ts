/** The interface of a check of `rxvoice doctor`. */

/**
 * - `ok`: as it should be
 * - `warn`: voice works, but something that not everybody needs works badly, or not at all
 * - `bad`: voice does not work until this is fixed
 */
export type Verdict = 'ok' | 'warn' | 'bad';

/** The result of a check. */
export interface Finding {
  readonly verdict: Verdict;
  /** What was found, with its version; no secrets and no user names. */
  readonly detail: string;
  /** What to do about it, if anything. */
  readonly cure?: string;
}

export interface Check {
  /** What is checked, in a word or two. */
  readonly name: string;
  run(): Promise<Finding> | Finding;
}

export const ok = (detail: string): Finding => ({ verdict: 'ok', detail });
export const warn = (detail: string, cure: string): Finding => ({ verdict: 'warn', detail, cure });
export const bad = (detail: string, cure: string): Finding => ({ verdict: 'bad', detail, cure });

/** The first line of an error's message. */
export function saidBy(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
}
