/** The expectations of a test, until they are compared. */
import { TestScheduler } from 'rxjs/testing';
import type { TimelineMessage } from '../timeline/message.js';
import { timelineReport, type Expectation } from '../timeline/report.js';

/** When a source was subscribed and unsubscribed, as rxjs logs it. */
interface SubscriptionTimes {
  readonly subscribedFrame: number;
  readonly unsubscribedFrame: number;
}

type Caller = (...args: never[]) => unknown;

const OVER = (end: number): string => `the test was over at ${end} ms, before all of this could come: the option until says when`;

interface Pending {
  readonly expectation: Expectation;
  readonly actual: () => readonly TimelineMessage[];
  /** Created where the test states its expectation, for the stack trace. */
  readonly error: TimelineError;
}

/** A stream differs from the test's expectation. The text draws both timelines, and the stack leads to the expectation. */
export class TimelineError extends Error {
  override readonly name = 'TimelineError';
}

export class Expectations {
  #pending: Pending[] = [];

  /** @param caller the function that the test calls: the error's stack begins below it, in the test */
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
   * Compares the expectations. Returns the errors of those that failed; each is compared only once.
   *
   * @param end ms at which time was stopped, if it was: nothing expected later can come
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

/** The subscriptions in order of time, with their numbers if there are several: which of them ended is part of the expectation. */
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

/** V8's stack begins with the message from when the error was created, so replace that. */
function saying(report: string, error: TimelineError): TimelineError {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  error.message = report;
  error.stack = [`${error.name}: ${report}`, ...frames].join('\n');
  return error;
}
