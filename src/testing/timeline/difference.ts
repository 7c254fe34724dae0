/** The first difference between two timelines, as text. */
import type { Letters } from './letters.js';
import { sameNotification, type TimelineMessage, type TimelineNotification } from './message.js';

export interface Difference {
  /** ms: when it occurs. */
  readonly at: number;
  readonly words: string;
}

/** Undefined if there is none. Both timelines are in order of time. */
export function firstDifference(
  expected: readonly TimelineMessage[],
  actual: readonly TimelineMessage[],
  letters: Letters,
): Difference | undefined {
  const i = Array.from({ length: Math.max(expected.length, actual.length) }, (_, at) => at).find((at) => !agree(expected[at], actual[at]));
  if (i === undefined) return undefined;
  const [should, did] = [expected[i], actual[i]];
  const words = ({ notification }: TimelineMessage): string => letters.words(notification);
  if (should !== undefined && did !== undefined && should.frame === did.frame) {
    return { at: did.frame, words: `at ${did.frame} ms came ${words(did)}, expected was ${words(should)}` };
  }
  // The earlier of the two has no match in the other timeline: it is unexpected, missing, or moved in time.
  if (should !== undefined && (did === undefined || should.frame < did.frame)) {
    const late = moved(should, actual.slice(i));
    const came = late === undefined ? 'did not come' : `came ${late.frame - should.frame} ms late, at ${late.frame} ms`;
    return { at: should.frame, words: `${words(should)}, expected at ${should.frame} ms, ${came}` };
  }
  const early = moved(did!, expected.slice(i));
  const expectation = early === undefined ? 'and was not expected' : `${early.frame - did!.frame} ms early: it was expected at ${early.frame} ms`;
  return { at: did!.frame, words: `${words(did!)} came at ${did!.frame} ms, ${expectation}` };
}

function agree(should: TimelineMessage | undefined, did: TimelineMessage | undefined): boolean {
  return should !== undefined && did !== undefined && should.frame === did.frame && sameNotification(did.notification, should.notification);
}

/** The same notification at another time. */
function moved({ notification }: TimelineMessage, others: readonly TimelineMessage[]): TimelineMessage | undefined {
  return others.find((other) => either(other.notification, notification));
}

/** The expected value may be a matcher, on either side. */
function either(a: TimelineNotification, b: TimelineNotification): boolean {
  return sameNotification(a, b) || sameNotification(b, a);
}
