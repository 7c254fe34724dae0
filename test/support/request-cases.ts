/** A stage that asks the voice gateway once, and emits the first answer. */
import { NEVER, type Observable } from 'rxjs';
import { expect, it } from 'vitest';
import type { Control } from '../../src/driver/connection/control.js';
import { encodeJsonFrame, type WireMessage } from '../../src/protocol/frames.js';
import { controlOf } from './control-of.js';
import { controlCases } from './seven-cases.js';

export interface Request<A> {
  /** The opcode that the stage sends. */
  readonly asks: number;
  /** The server's answer. */
  readonly answer: { readonly op: number; readonly d: unknown };
  /** The value emitted for the answer. */
  readonly emits: A;
  readonly over: (control: Control) => Observable<A>;
}

export function requestCases<A>(name: string, { asks, answer, emits, over }: Request<A>): void {
  controlCases(name, {
    from: { a: encodeJsonFrame(answer.op, answer.d), x: encodeJsonFrame(6, { t: 1 }) },
    to: { A: emits },
    over,
    rows: {
      never: { source: '-', result: '-', listens: '^' },
      empty: { source: '--|', result: '-', listens: '^-!' }, // the WebSocket itself reports its loss
      one: { source: '-xa', result: '--(A|)', listens: '^-!' },
      error: { source: '--#', result: '--#', listens: '^-!' },
      endless: { source: 'xaaaaaaaaaaaaaaaaaa', result: '-(A|)', listens: '^!' },
      'early unsubscribe': { source: '-----a', until: '^--!', result: '-', listens: '^--!' },
      'unsubscribe while waiting': { source: '-x---a', until: '^--!', result: '-', listens: '^--!' },
    },
  });

  it(`${name}: asks once, when it is subscribed`, () => {
    let sent: WireMessage[] = [];
    const asking = controlOf(NEVER, (control, messages) => {
      sent = messages;
      const stage$ = over(control);
      expect(sent).toEqual([]);
      return stage$;
    }).subscribe();
    expect(sent.map((message) => (JSON.parse(String(message)) as { op: number }).op)).toEqual([asks]);
    asking.unsubscribe();
    expect(sent).toHaveLength(1);
  });
}
