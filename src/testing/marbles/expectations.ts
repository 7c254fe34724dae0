/** What a test expects, until it is known whether it came. */
import { TestScheduler } from 'rxjs/testing';
import type { TimelineMessage } from '../timeline/message.js';
import { timelineReport, type Expectation } from '../timeline/report.js';

/** When a source was subscribed to, and until when; as rxjs logs it. */
interface SubscriptionTimes {
  readonly subscribedFrame: number;
  readonly unsubscribedFrame: number;
}

type Caller = (...args: never[]) => unknown;

const OVER = (end: number): string => `the test was over at ${end} ms, before all of this could come: the option until says when`;

interface Pending {
  readonly expectation: Expectation;
  readonly actual: () => readonly TimelineMessage[];
  /** Made where the test says what it expects, for its stack. */
  readonly error: TimelineError;
}

/** A stream did something else than the test expects of it. The text draws both timelines, the stack leads to the expectation. */
export class TimelineError extends Error {
  override readonly name = 'TimelineError';
}

export class Expectations {
  #pending: Pending[] = [];

  /** @param caller what the test calls: the stack of an error begins behind it, in the test */
  add(expectation: Expectation, actual: () => readonly TimelineMessage[], caller: Caller): void {
    const error = new TimelineError();
    Error.captureStackTrace(error, caller);
    this.#pending.push({ expectation, actual, error });
  }

  addSubscriptions(diagrams: readonly string[], logs: readonly SubscriptionTimes[], caller: Caller): void {
    const parsed = diagrams.map((marbles) => TestScheduler.parseMarblesAsSubscriptions(marbles, true));
    const expected = parsed.filter(({ subscribedFrame }) => subscribedFrame !== Infinity);
    this.add({ marbles: diagrams.join("', '"), values: undefined, messages: inTime(expected) }, () => inTime(logs), caller);
  }

  /**
   * Those that did not come true; none is asked for twice.
   *
   * @param end ms at which time was stopped, if it was: what is expected later cannot come
   */
  failures(end = Infinity): TimelineError[] {
    const pending = this.#pending;
    this.#pending = [];
    return pending.flatMap(({ expectation, actual, error }) => {
      const report = timelineReport(expectation, actual());
      if (report === undefined) return [];
      const late = expectation.messages.some(({ frame }) => frame > end);
      return [saying(late ? `${report}\n\n${OVER(end)}` : report, error)];
    });
  }
}

/** Of several, each by its number: which of them ended is a part of what is expected. */
function inTime(logs: readonly SubscriptionTimes[]): TimelineMessage[] {
  const message = (frame: number, sign: string, i: number): TimelineMessage => {
    const value = logs.length > 1 ? `${sign} of subscription ${i + 1}` : sign;
    return { frame, notification: { kind: 'N', value } };
  };
  return logs
    .flatMap(({ subscribedFrame, unsubscribedFrame }, i) => [message(subscribedFrame, '^', i), message(unsubscribedFrame, '!', i)])
    .filter(({ frame }) => frame !== Infinity)
    .sort((a, b) => a.frame - b.frame);
}

/** The stack of V8 begins with the text as it was when the error was made. */
function saying(report: string, error: TimelineError): TimelineError {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  error.message = report;
  error.stack = [`${error.name}: ${report}`, ...frames].join('\n');
  return error;
}
