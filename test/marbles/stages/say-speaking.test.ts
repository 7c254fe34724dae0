import { asyncScheduler, type Observable } from 'rxjs';
import { expect, it } from 'vitest';
import { saySpeaking, type Paced, type PacedFrame } from '../../../src/driver.js';
import type { WireMessage } from '../../../src/protocol/frames.js';
import { testFrame } from '../../../src/testing/index.js';
import { operatorCases } from '../../support/seven-cases.js';
import { virtualTime } from '../../support/virtual-time.js';

const frame: PacedFrame = { type: 'frame', frame: testFrame(0), samples: 960, gap: 0 };
const from: Readonly<Record<string, Paced>> = { a: frame, I: { type: 'speaking', speaking: 1 }, o: { type: 'speaking', speaking: 0 } };

operatorCases('saySpeaking', {
  from,
  to: { a: frame },
  over: (paced$: Observable<Paced>) => paced$.pipe(saySpeaking({ send: () => undefined }, 7)),
  rows: {
    never: { source: '-', result: '-', listens: '^' },
    empty: { source: '--|', result: '--|', listens: '^-!' },
    one: { source: 'o-Ia-|', result: '---a-|', listens: '^----!' },
    error: { source: 'o-Ia-#', result: '---a-#', listens: '^----!' },
    endless: { source: 'Iaaaaaaaaaaa', until: '^---!', result: '-aaa', listens: '^---!' },
    'early unsubscribe': { source: 'oIa-a-a', until: '^---!', result: '--a-', listens: '^---!' },
    'unsubscribe while waiting': { source: 'o----Ia', until: '^--!', result: '-', listens: '^--!' },
  },
});

it.each([
  { name: 'what is said, when it is said', paced: 'o-Ia-ao|', until: '^', heard: '---a-a-|', said: ['0 speaking 0', '2 speaking 1', '6 speaking 0'] },
  { name: 'the end of a spurt that is let go of', paced: 'o-Ia-ao|', until: '^---!', heard: '---a', said: ['0 speaking 0', '2 speaking 1', '4 speaking 0'] },
  { name: 'the end of a spurt that fails', paced: 'Ia-#', until: '^', heard: '-a-#', said: ['0 speaking 1', '3 speaking 0'] },
  { name: 'nothing more where nobody speaks', paced: 'oIao-a', until: '^----!', heard: '--a', said: ['0 speaking 0', '1 speaking 1', '3 speaking 0'] },
])('sends opcode 5: $name', ({ paced, until, heard, said }) => {
  virtualTime(({ cold, expectObservable, flush }) => {
    const sent: string[] = [];
    const send = (message: WireMessage): void => {
      const { op, d } = JSON.parse(String(message)) as { op: number; d: { speaking: number; ssrc: number } };
      expect({ op, ssrc: d.ssrc }).toEqual({ op: 5, ssrc: 7 });
      sent.push(`${asyncScheduler.now()} speaking ${d.speaking}`);
    };
    expectObservable(cold(paced, from).pipe(saySpeaking({ send }, 7)), until).toBe(heard, { a: frame });
    flush();
    expect(sent).toEqual(said);
  });
});
