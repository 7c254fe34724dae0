import { NEVER } from 'rxjs';
import { expect, it } from 'vitest';
import { identify$ } from '../../../src/driver.js';
import { encodeJsonFrame, type WireMessage } from '../../../src/protocol/frames.js';
import { controlOf } from '../../support/control-of.js';
import { controlCases } from '../../support/seven-cases.js';
import { SERVER } from '../../unit/driver/fake-socket.js';

controlCases('identify$', {
  from: { a: encodeJsonFrame(2, { ssrc: 7, ip: '127.0.0.1', port: 50_000, modes: ['m'] }), x: encodeJsonFrame(6, { t: 1 }) },
  to: { A: { ssrc: 7, ip: '127.0.0.1', port: 50_000, modes: ['m'] } },
  over: (control) => identify$(control, SERVER),
  rows: {
    never: { source: '-', result: '-', listens: '^' },
    empty: { source: '--|', result: '-', listens: '^-!' }, // the loss of the WebSocket is told by the WebSocket
    one: { source: '-xa', result: '--(A|)', listens: '^-!' },
    error: { source: '--#', result: '--#', listens: '^-!' },
    endless: { source: 'xaaaaaaaaaaaaaaaaaa', result: '-(A|)', listens: '^!' },
    'early unsubscribe': { source: '-----a', until: '^--!', result: '-', listens: '^--!' },
    'unsubscribe while waiting': { source: '-x---a', until: '^--!', result: '-', listens: '^--!' },
  },
});

it('asks once, when it is subscribed', () => {
  let sent: WireMessage[] = [];
  const asking = controlOf(NEVER, (control, messages) => {
    sent = messages;
    const stage$ = identify$(control, SERVER);
    expect(sent).toEqual([]);
    return stage$;
  }).subscribe();
  expect(sent.map((message) => (JSON.parse(String(message)) as { op: number }).op)).toEqual([0]);
  asking.unsubscribe();
  expect(sent).toHaveLength(1);
});
