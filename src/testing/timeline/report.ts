/** The report about a stream that differs from its expectation. */
import { drawTimelines } from './draw.js';
import { firstDifference } from './difference.js';
import { Letters } from './letters.js';
import { marblesOf } from './marbles.js';
import { sameTimeline, type TimelineMessage } from './message.js';

/** The expectation of a test for a stream: its diagram, and the values of its letters. */
export interface Expectation {
  readonly marbles: string;
  readonly values: Readonly<Record<string, unknown>> | undefined;
  readonly messages: readonly TimelineMessage[];
}

/**
 * ```
 * c = 'frame 2', expected at 100 ms, came 5 ms late, at 105 ms
 *
 * time      60  80  100  105 ms
 * expected  a---b---c-------
 * actual    a---b--------c--
 *                   ^
 *   a  'frame 0' …
 *
 * expected as marbles: '60ms a 19ms b 19ms c'
 * what came, as marbles: '60ms a 19ms b 24ms c'
 * ```
 *
 * Undefined if the stream is as expected.
 */
export function timelineReport(expectation: Expectation, actual: readonly TimelineMessage[]): string | undefined {
  const { messages, marbles, values } = expectation;
  if (sameTimeline(actual, messages)) return undefined;
  const letters = new Letters(values);
  // Assigns letters to the expected values first, so that unexpected values get the remaining letters.
  for (const { notification } of messages) letters.of(notification);
  const difference = firstDifference(messages, actual, letters)!;
  const { lines, from, to } = drawTimelines(messages, actual, difference.at, letters);
  const drawn = [...messages, ...actual].filter(({ frame }) => frame >= from && frame <= to);
  const copy = marblesOf(actual, letters);
  return [
    difference.words,
    '',
    ...lines,
    ...letters.legend(drawn),
    '',
    `expected as marbles: ${quoted(marbles)}`,
    ...(copy === undefined || copy.length > LONGEST ? [] : [`what came, as marbles: ${quoted(copy)}`]),
  ].join('\n');
}

/** Longer marbles are not shown: nobody would copy them. */
const LONGEST = 400;

function quoted(marbles: string): string {
  return `'${marbles.trim()}'`;
}
