/** rxjs' TestScheduler with an end time and readable failure messages. */
import { Observable, type SchedulerAction, type Subscription } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { TimelineMessage, TimelineNotification } from '../timeline/message.js';
import { OpenSubscriptions } from './open-subscriptions.js';
import { Expectations } from './expectations.js';

/** Virtual ms after which a test ends by default. */
export const DEFAULT_UNTIL = 10 * 60_000;
/** Additional ms after that, for example to close a file or to leave a channel that is kept open for a while. */
const GRACE_MS = 60_000;
/** No test schedules this much in one ms: it must be a loop that never waits. */
const MOST_AT_ONCE = 100_000;

/** The result of rxjs' `expectObservable`. */
interface ObservableExpectation<T> {
  toBe(marbles: string, values?: unknown, error?: unknown): void;
  toEqual(other$: Observable<T>): void;
}

/**
 * Virtual time continues while there are timers, and a voice session sends heartbeats for ever. So at the end of the test, all streams with an
 * expectation are unsubscribed: a session without another subscriber is left, and its timers are cancelled. Whatever still runs after that is a leak,
 * and fails the test.
 */
export class MarbleTime extends TestScheduler {
  readonly #until: number;
  readonly #onEnd: () => void;
  #ended: number | undefined;
  readonly #open = new OpenSubscriptions();
  readonly #expectations = new Expectations();
  #moment = 0;
  #atOnce = 0;
  #loop: Error | undefined;

  /**
   * @param until ms of virtual time, from each flush on
   * @param onEnd called once, before streams are unsubscribed
   */
  constructor(until: number, onEnd: () => void = () => undefined) {
    super(() => undefined);
    this.#until = until;
    this.#onEnd = onEnd;
  }

  override schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay?: number, state?: T): Subscription {
    if (this.frame !== this.#moment) this.#atOnce = 0;
    this.#moment = this.frame;
    this.#atOnce += 1;
    if (this.#atOnce > MOST_AT_ONCE) throw (this.#loop ??= loopAt(this.frame));
    return super.schedule(work, delay, state);
  }

  override expectObservable<T>(source$: Observable<T>, subscription: string | null = null): ObservableExpectation<T> {
    const { subscribedFrame, unsubscribedFrame } = TestScheduler.parseMarblesAsSubscriptions(subscription, true);
    const from = subscribedFrame === Infinity ? 0 : subscribedFrame;
    const actual = this.#recorded(source$, from, unsubscribedFrame);
    const toBe = (marbles: string, values?: unknown, error?: unknown): void => {
      const messages = TestScheduler.parseMarbles(marbles, values, error, true, true) as readonly TimelineMessage[];
      this.#expectations.add({ marbles, values: values as Readonly<Record<string, unknown>> | undefined, messages }, () => actual, toBe);
    };
    const toEqual = (other$: Observable<T>): void => {
      const messages = this.#recorded(other$, from, Infinity);
      this.#expectations.add({ marbles: 'the other stream', values: undefined, messages }, () => actual, toEqual);
    };
    return { toBe, toEqual };
  }

  override expectSubscriptions(logs: Parameters<TestScheduler['expectSubscriptions']>[0]): ReturnType<TestScheduler['expectSubscriptions']> {
    const toBe = (marbles: string | string[]): void => this.#expectations.addSubscriptions([marbles].flat(), logs, toBe);
    return { toBe };
  }

  /** Runs until nothing is left to do, or until the end, where it unsubscribes what still runs. @throws the failed expectations */
  override flush(): void {
    tell([...this.#run(), ...this.#expectations.failures()]);
  }

  /** Ends the test: unsubscribes what still runs. Returns the failed expectations, and the times of timers that remain after that. */
  finish(): { readonly failures: Error[]; readonly timers: number[]; readonly end: number } {
    const failures = [...this.#run(), ...this.#release()];
    const timers = this.actions.splice(0).map((action) => (action as { readonly delay?: number }).delay ?? NaN);
    return { failures: this.#loop === undefined ? failures : [this.#loop], timers, end: this.#ended! };
  }

  /** Returns the failed expectations, if the end time was reached. */
  #run(): Error[] {
    const end = this.frame + this.#until;
    this.maxFrames = end;
    super.flush();
    if (this.actions.length === 0) return [];
    // Virtual time stands at the last action, so advance it to the end.
    super.schedule(() => undefined, end - this.frame);
    super.flush();
    return this.#release(end);
  }

  /** Compares before it unsubscribes: what streams do on unsubscription is not part of the expectations. */
  #release(stopped?: number): Error[] {
    const failures = this.#expectations.failures(stopped);
    if (this.#ended === undefined) {
      this.#ended = this.frame;
      this.#onEnd();
    }
    this.#open.release();
    this.maxFrames = this.frame + GRACE_MS;
    super.flush();
    return failures;
  }

  #recorded(source$: Observable<unknown>, from: number, to: number): TimelineMessage[] {
    const messages: TimelineMessage[] = [];
    const held$ = this.#open.held(source$);
    this.schedule(() => {
      const subscription = this.#record(held$, 0, messages);
      if (to !== Infinity) this.schedule(() => subscription.unsubscribe(), to - this.frame);
    }, from);
    return messages;
  }

  /** @param origin ms that count as 0: for an inner stream, the time of its emission */
  #record(source$: Observable<unknown>, origin: number, messages: TimelineMessage[]): Subscription {
    // All three fields, as in rxjs: a stream of streams is compared as data.
    const note = (kind: 'N' | 'E' | 'C', value: unknown, error: unknown): void => {
      const notification = { kind, value, error } as TimelineNotification;
      messages.push({ frame: this.frame - origin, notification });
    };
    return source$.subscribe({
      next: (value) => note('N', value instanceof Observable ? this.#inner(value) : value, undefined),
      error: (error: unknown) => note('E', undefined, error),
      complete: () => note('C', undefined, undefined),
    });
  }

  #inner(source$: Observable<unknown>): TimelineMessage[] {
    const messages: TimelineMessage[] = [];
    this.#record(this.#open.held(source$), this.frame, messages);
    return messages;
  }
}

/** @throws the only failure, or an AggregateError of all */
export function tell(failures: readonly Error[]): void {
  const [first, ...others] = failures;
  if (first === undefined) return;
  if (others.length === 0) throw first;
  const all = failures.map(({ message }, i) => `${i + 1}. ${message}`).join('\n\n');
  throw new AggregateError(failures, `${failures.length} things are wrong\n\n${all}`);
}

function loopAt(ms: number): Error {
  return new Error(`${MOST_AT_ONCE} timers were set at ${ms} ms of virtual time: something goes round without waiting`);
}
