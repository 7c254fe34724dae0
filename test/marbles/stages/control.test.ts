import { map, Observable, Subject, switchMap, type Observer } from 'rxjs';
import { expect, it } from 'vitest';
import { control$, type VoiceSocket } from '../../../src/driver.js';
import { encodeJsonFrame, type WireMessage } from '../../../src/protocol/frames.js';
import { sevenCases } from '../../support/seven-cases.js';

const socketOf = (messages$: Observable<WireMessage>): VoiceSocket => ({ messages$, send: () => undefined, drop: () => undefined });

sevenCases('control$', {
  from: { a: encodeJsonFrame(6, { t: 1 }), b: encodeJsonFrame(11, { user_ids: [] }), x: 'malformed' },
  to: { A: 6, B: 11 },
  over: (messages$: Observable<WireMessage>) =>
    control$(socketOf(messages$)).pipe(
      switchMap(({ frames$ }) => frames$),
      map(({ op }) => op),
    ),
  rows: {
    never: { source: '-', result: '-', listens: '^' },
    empty: { source: '--|', result: '-', listens: '^-!' }, // the loss of the WebSocket is reported by the WebSocket
    one: { source: '--a', result: '--A', listens: '^' },
    error: { source: '--a#', result: '--A#', listens: '^--!' },
    endless: { source: 'abxabxabxabx', until: '^------!', result: 'AB-AB-A-', listens: '^------!' },
    'early unsubscribe': { source: 'ab-ab', until: '^--!', result: 'AB-', listens: '^--!' },
    'unsubscribe while waiting': { source: '-----a', until: '^--!', result: '-', listens: '^--!' },
  },
});

it('works with the socket alone, and takes what comes within the emission of nothing', () => {
  const messages$ = new Subject<WireMessage>();
  const seen: string[] = [];
  const told: Partial<Observer<unknown>> = { error: () => seen.push('error'), complete: () => seen.push('complete') };
  control$(socketOf(messages$)).subscribe({
    ...told,
    next: (control) => {
      seen.push(`version ${control.version}`);
      control.frames$.subscribe(({ op }) => seen.push(`op ${op}`));
      control.send(encodeJsonFrame(3, { t: 1 }));
    },
  });
  for (const message of ['{', 'null', encodeJsonFrame(6, { t: 1 })]) messages$.next(message);
  expect(seen).toEqual(['version 8', 'op 6']);
});

it('hands on what the WebSocket says at once', () => {
  const messages$ = new Observable<WireMessage>((subscriber) => subscriber.next(encodeJsonFrame(8, {})));
  const ops: number[] = [];
  control$(socketOf(messages$)).subscribe(({ frames$ }) => frames$.subscribe(({ op }) => ops.push(op)));
  expect(ops).toEqual([8]);
});
