/** The data of a diagram: streams that were run in virtual time, and the names under which they are drawn. */
import { asyncScheduler, defer, finalize, tap, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { BoundedTime } from '../support/bounded-time.js';

/** One marble. */
export interface Mark {
  /** ms */
  readonly at: number;
  readonly kind: 'next' | 'error' | 'complete';
  /** The text in it, or beside it. */
  readonly text: string;
}

/** How long a stream was subscribed to, in ms; to the end of the diagram if `to` is undefined. */
export interface Span {
  readonly from: number;
  readonly to: number | undefined;
}

/** One line of a diagram, above the box or below it. */
export interface Lane {
  readonly name: string;
  readonly side: 'in' | 'out';
  readonly marks: readonly Mark[];
  readonly spans: readonly Span[];
}

/** A diagram, recorded and ready to be drawn. */
export interface Recording {
  readonly title: string;
  readonly lanes: readonly Lane[];
}

/** How a diagram is described. */
export interface Diagram {
  /** The text in the box: a call as one would write it. */
  readonly title: string;
  /** What the diagram shows, in one sentence. */
  readonly says: string;
  /** ms. Default 1000. */
  readonly until?: number;
  readonly draw: (pen: Pen) => void;
}

type Text<T> = (value: T) => string;

/** Records the lanes of a diagram. */
export class Pen {
  readonly lanes: Lane[] = [];
  readonly #time: TestScheduler;
  readonly #until: number;

  constructor(time: TestScheduler, until: number) {
    this.#time = time;
    this.#until = until;
  }

  /** A cold stream that follows the marbles from each subscription. Its letters are its texts, unless told otherwise. */
  source<T = string>(name: string, marbles: string, values?: Readonly<Record<string, T>>, texts: Readonly<Record<string, string>> = {}): Observable<T> {
    this.#marbles(name, marbles, texts);
    return this.#time.createColdObservable(marbles, values as Record<string, T> | undefined) as unknown as Observable<T>;
  }

  /** A hot stream that follows the marbles, whether or not anyone is subscribed. */
  hot(name: string, marbles: string): Observable<string> {
    this.#marbles(name, marbles, {});
    return this.#time.createHotObservable(marbles);
  }

  #marbles(name: string, marbles: string, texts: Readonly<Record<string, string>>): void {
    const marks = TestScheduler.parseMarbles(marbles, undefined, undefined, false, true).map(({ frame, notification }): Mark => {
      const { kind, value } = notification as { readonly kind: 'N' | 'E' | 'C'; readonly value?: string };
      const text = value === undefined ? '' : (texts[value] ?? value);
      return { at: frame, kind: kind === 'N' ? 'next' : kind === 'E' ? 'error' : 'complete', text };
    });
    const end = marks.find(({ kind }) => kind !== 'next')?.at;
    this.lanes.push({ name, side: 'in', marks, spans: [{ from: 0, to: end }] });
  }

  /** Records the notifications and subscriptions of a stream, wherever it is subscribed to. */
  lane<T>(name: string, text: Text<T>, side: Lane['side'] = 'out'): (source$: Observable<T>) => Observable<T> {
    const [marks, spans]: [Mark[], { from: number; to: number | undefined }[]] = [[], []];
    this.lanes.push({ name, side, marks, spans });
    const note = (kind: Mark['kind'], what: string): void => void marks.push({ at: asyncScheduler.now(), kind, text: what });
    return (source$) =>
      defer(() => {
        const span = { from: asyncScheduler.now(), to: undefined as number | undefined };
        spans.push(span);
        return source$.pipe(
          tap({
            next: (value) => note('next', text(value)),
            error: (error: unknown) => note('error', error instanceof Error ? error.name : String(error)),
            complete: () => note('complete', ''),
          }),
          finalize(() => (span.to = asyncScheduler.now())),
        );
      });
  }

  /** Subscribes to a stream until the end of the diagram, and records it. */
  result<T>(name: string, source$: Observable<T>, text: Text<T>, side: Lane['side'] = 'out'): void {
    this.run(this.lane<T>(name, text, side)(source$));
  }

  /** Runs `act` at that ms. */
  at(ms: number, act: () => void): void {
    this.#time.schedule(act, ms);
  }

  /** Subscribes to a stream until the end of the diagram. */
  run(source$: Observable<unknown>): void {
    const subscription = source$.subscribe({ error: () => undefined });
    // Unsubscribed one ms after the end: the stream gets no notification and its line runs to the edge.
    this.#time.schedule(() => subscription.unsubscribe(), this.#until + 1);
  }
}

/** Runs it. */
export function record({ title, until = 1_000, draw }: Diagram): Recording {
  let lanes: readonly Lane[] = [];
  const time = new BoundedTime(() => undefined);
  time.run(() => {
    const pen = new Pen(time, until);
    lanes = pen.lanes;
    draw(pen);
  });
  const within = lanes.map((lane) => ({
    ...lane,
    marks: lane.marks.filter(({ at }) => at <= until),
    spans: lane.spans.map(({ from, to }) => ({ from, to: to !== undefined && to <= until ? to : undefined })),
  }));
  return { title, lanes: within };
}
