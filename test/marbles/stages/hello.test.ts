import { hello$ } from '../../../src/driver.js';
import { encodeJsonFrame } from '../../../src/protocol/frames.js';
import { controlCases } from '../../support/seven-cases.js';

controlCases('hello$', {
  from: { h: encodeJsonFrame(8, { heartbeat_interval: 41_250, v: 8 }), x: encodeJsonFrame(6, { t: 1 }), y: '{' },
  to: { H: { heartbeatInterval: 41_250, version: 8 } },
  over: (control) => hello$(control),
  rows: {
    never: { source: '-', result: '-', listens: '^' },
    empty: { source: '--|', result: '-', listens: '^-!' }, // the loss of the WebSocket is reported by the WebSocket
    one: { source: '--h', result: '--(H|)', listens: '^-!' },
    error: { source: '--#', result: '--#', listens: '^-!' },
    endless: { source: 'xyxhhhhhhhhhhhhhhh', result: '---(H|)', listens: '^--!' },
    'early unsubscribe': { source: '-----h', until: '^--!', result: '-', listens: '^--!' },
    'unsubscribe while waiting': { source: '-x---h', until: '^--!', result: '-', listens: '^--!' },
  },
});
