/** A timeline as marbles, to copy into a test. */
import type { Letters } from './letters.js';
import type { TimelineMessage } from './message.js';
import { momentsOf } from './moments.js';

/** Gaps of up to this many ms are written as dashes. */
const MOST_DASHES = 3;

/**
 * `60ms a 19ms (bc|)`. Undefined if marbles cannot express it: a group takes as many ms as it has characters, and another notification comes
 * within that time.
 */
export function marblesOf(messages: readonly TimelineMessage[], letters: Letters): string | undefined {
  const tokens: string[] = [];
  let now = 0;
  for (const [frame, moment] of momentsOf(messages)) {
    if (frame < now || !Number.isInteger(frame)) return undefined;
    tokens.push(...passing(frame - now));
    const group = moment.map((notification) => letters.of(notification)).join('');
    tokens.push(moment.length === 1 ? group : `(${group})`);
    now = frame + (moment.length === 1 ? 1 : moment.length + 2);
  }
  return tokens.length === 0 ? '-' : joined(tokens);
}

function passing(ms: number): string[] {
  return ms === 0 ? [] : [ms <= MOST_DASHES ? '-'.repeat(ms) : `${ms}ms`];
}

/** Only times have spaces around them: `--a 19ms b`. */
function joined(tokens: readonly string[]): string {
  return tokens.reduce((text, token, i) => {
    const timed = /^\d+ms$/;
    return text + (timed.test(token) || timed.test(tokens[i - 1] ?? '') ? ' ' : '') + token;
  });
}
