/** The seven behaviours of a source towards a stage, each as a marble test. Leaving out a case is a compile error. */
import { defer, finalize, from, take, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { controlOf } from './control-of.js';
import type { Control } from '../../src/driver/connection/control.js';
import type { WireMessage } from '../../src/protocol/frames.js';
import { virtualTime } from './virtual-time.js';

export type StageCase = 'never' | 'empty' | 'one' | 'error' | 'endless' | 'early unsubscribe' | 'unsubscribe while waiting';

/** Diagrams: what the source does, when the stage is unsubscribed, what it emits, and how long it is subscribed to the source. */
export interface StageRow {
  readonly source: string;
  /** The subscription to the stage; `^ 30ms !` unsubscribes. Default: until the end. */
  readonly until?: string;
  readonly result: string;
  /** `^--!` */
  readonly listens: string;
}

export interface StageUnderTest<A, B> {
  /** The values for the letters of the sources. */
  readonly from: Readonly<Record<string, A>>;
  /** The values for the letters of the results. */
  readonly to?: Readonly<Record<string, B>>;
  /** The stage over a source. Called once for each case, so cases share no state. */
  readonly over: (source$: Observable<A>) => Observable<B>;
  readonly rows: Readonly<Record<StageCase, StageRow>>;
}

/** The error of sources with `#`. */
export const FAILURE = new Error('of the source');

/** Defines the seven tests of a stage. */
export function sevenCases<A, B>(name: string, { from: values, to, over, rows }: StageUnderTest<A, B>): void {
  describe(name, () => {
    it.each(Object.entries(rows))('%s', (_, { source, until, result, listens }) => {
      virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
        const source$ = cold(source, values, FAILURE);
        expectObservable(over(source$), until).toBe(result, to, FAILURE);
        expectSubscriptions(source$.subscriptions).toBe(listens);
      });
    });
  });
}

export interface OperatorUnderTest<A, B> extends StageUnderTest<A, B> {
  /** Endless values, each enough for one result. Default: the first letter's value, repeated. */
  readonly endless?: () => Iterable<A>;
}

/** For operators, also tests that an endless synchronous source is unsubscribed before it ends. */
export function operatorCases<A, B>(name: string, stage: OperatorUnderTest<A, B>): void {
  sevenCases(name, stage);
  it(`${name}: stops a source without end that gives everything at once`, () => {
    const { endless = () => again(Object.values(stage.from)[0]!) } = stage;
    let released = 0;
    const heard: B[] = [];
    let completed = 0;
    stage
      .over(from(endless()).pipe(finalize(() => (released += 1))))
      .pipe(take(3))
      .subscribe({ next: (result) => heard.push(result), complete: () => (completed += 1) });
    expect({ heard: heard.length, completed, released }).toEqual({ heard: 3, completed: 1, released: 1 });
  });
}

function* again<T>(value: T): Generator<T> {
  for (;;) yield value;
}

/** A stage over the frames of the voice gateway; its source is the messages of the WebSocket. */
export interface ControlStage<B> extends Omit<StageUnderTest<WireMessage, B>, 'over'> {
  /** @param sent collects what the stage sends, as it is sent */
  readonly over: (control: Control, sent: WireMessage[]) => Observable<B>;
}

/** Defines the seven tests of a stage over a `Control`. */
export function controlCases<B>(name: string, { over, ...rest }: ControlStage<B>): void {
  sevenCases(name, { ...rest, over: (messages$) => defer(() => controlOf(messages$, over)) });
}
