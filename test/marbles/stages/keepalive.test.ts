import { keepalive$ } from '../../../src/driver.js';
import { encodePing } from '../../../src/protocol/keepalive.js';
import { sevenCases } from '../../support/seven-cases.js';

function pong(sequence: number): Uint8Array {
  const datagram = encodePing(sequence);
  datagram.set([0xf0, 0x0d], 2);
  return datagram;
}

sevenCases('keepalive$', {
  from: { a: pong(0), b: pong(1), x: Uint8Array.of(1, 2, 3) },
  to: { A: 12, B: 5 },
  over: (datagrams$) => keepalive$({ send: () => undefined }, datagrams$),
  rows: {
    never: { source: '-', until: '^ 11s !', result: '-', listens: '^ 11s !' },
    empty: { source: '--|', until: '^ 11s !', result: '-', listens: '^-!' },
    one: { source: '5012ms a', until: '^ 11s !', result: '5012ms A', listens: '^ 11s !' },
    error: { source: '5012ms a#', result: '5012ms A#', listens: '^ 5012ms !' },
    endless: { source: '5012ms axaxa 4988ms b', until: '^ 11s !', result: '5012ms A 4992ms B', listens: '^ 11s !' },
    'early unsubscribe': { source: '5012ms a 4992ms b', until: '^ 6s !', result: '5012ms A', listens: '^ 6s !' },
    'unsubscribe while waiting': { source: '5012ms a', until: '^ 5010ms !', result: '-', listens: '^ 5010ms !' },
  },
});
