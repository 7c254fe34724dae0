/** What a check of `rxvoice doctor` is. */

/**
 * - `ok`: as it should be
 * - `warn`: it works, and something will not work well, or not at all, that not everybody needs
 * - `bad`: voice does not work until it is mended
 */
export type Verdict = 'ok' | 'warn' | 'bad';

/** What a check has found. */
export interface Finding {
  readonly verdict: Verdict;
  /** What there is, with its version; no secrets and no names of users. */
  readonly detail: string;
  /** What to do about it. Only where there is something to do. */
  readonly cure?: string;
}

export interface Check {
  /** What is looked at, in a word or two. */
  readonly name: string;
  run(): Promise<Finding> | Finding;
}

export const ok = (detail: string): Finding => ({ verdict: 'ok', detail });
export const warn = (detail: string, cure: string): Finding => ({ verdict: 'warn', detail, cure });
export const bad = (detail: string, cure: string): Finding => ({ verdict: 'bad', detail, cure });

/** The first line of what was thrown. */
export function saidBy(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
}
