/** A command reports facts: plain objects, one after the other. A screen shows them to people, and `--json` to machines. */
import type { Output } from './terminal/terminal.js';

/** A fact; see docs/cli.md for those of each command. */
export interface Fact {
  readonly type: string;
}

/** Why a command failed: the last fact. */
export interface ErrorFact extends Fact {
  readonly type: 'error';
  readonly message: string;
}

/** Gets the facts of a command. */
export interface Teller<T extends Fact> {
  tell(fact: T): void;
  /** There are no more facts. */
  end?(): void;
}

/** A fact as one line. `at` is ms since 1970. */
export function jsonLine(fact: Fact | ErrorFact): string {
  return `${JSON.stringify({ ...fact, at: Date.now() })}\n`;
}

/** Every fact as a line of JSON, and nothing else. */
export function jsonTeller(out: Output): Teller<Fact> {
  return { tell: (fact) => void out.write(jsonLine(fact)) };
}
