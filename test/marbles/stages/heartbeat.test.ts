import { heartbeat$ } from '../../../src/driver.js';
import { encodeJsonFrame } from '../../../src/protocol/frames.js';
import { controlCases } from '../../support/seven-cases.js';

const PERIOD = 5_000;
const ack = (t: number): string => encodeJsonFrame(6, { t });

controlCases('heartbeat$', {
  from: { a: ack(PERIOD), b: ack(2 * PERIOD), x: encodeJsonFrame(5, {}) },
  to: { A: 10, B: 7 },
  over: (control) => heartbeat$(control, PERIOD),
  rows: {
    never: { source: '-', until: '^ 12s !', result: '-', listens: '^ 12s !' },
    empty: { source: '--|', until: '^ 12s !', result: '-', listens: '^-!' },
    one: { source: '5010ms a', until: '^ 12s !', result: '5010ms A', listens: '^ 12s !' },
    error: { source: '5010ms a#', result: '5010ms A#', listens: '^ 5010ms !' },
    endless: { source: '5010ms a 4996ms bxxbxxb', until: '^ 12s !', result: '5010ms A 4996ms B', listens: '^ 12s !' },
    'early unsubscribe': { source: '5010ms a 4996ms b', until: '^ 6s !', result: '5010ms A', listens: '^ 6s !' },
    'unsubscribe while waiting': { source: '6s a', until: '^ 5500ms !', result: '-', listens: '^ 5500ms !' },
  },
});
