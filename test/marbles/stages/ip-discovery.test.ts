import { ipDiscovery$ } from '../../../src/driver.js';
import { encodeDiscoveryReply } from '../../../src/protocol/discovery.js';
import { sevenCases } from '../../support/seven-cases.js';

const SSRC = 7;
const ADDRESS = { address: '203.0.113.9', port: 40_000 };

sevenCases('ipDiscovery$', {
  from: { a: encodeDiscoveryReply(SSRC, ADDRESS), x: Uint8Array.of(1), y: encodeDiscoveryReply(SSRC + 1, ADDRESS) },
  to: { A: ADDRESS },
  over: (datagrams$) => ipDiscovery$({ datagrams$, send: () => undefined }, SSRC),
  rows: {
    never: { source: '-', until: '^ 2s !', result: '-', listens: '^ 2s !' }, // repeats its request until it is unsubscribed
    empty: { source: '--|', result: '--|', listens: '^-!' },
    one: { source: '--a', result: '--(A|)', listens: '^-!' },
    error: { source: '--#', result: '--#', listens: '^-!' },
    endless: { source: 'xyxyaaaaaaaaaaaaa', result: '----(A|)', listens: '^---!' },
    'early unsubscribe': { source: '-----a', until: '^--!', result: '-', listens: '^--!' },
    'unsubscribe while waiting': { source: '-x 700ms a', until: '^ 600ms !', result: '-', listens: '^ 600ms !' },
  },
});
