import { NEVER } from 'rxjs';
import { expect, it } from 'vitest';
import { sessionDescription$ } from '../../../src/driver.js';
import { encodeJsonFrame, type WireMessage } from '../../../src/protocol/frames.js';
import { controlOf } from '../../support/control-of.js';
import { controlCases } from '../../support/seven-cases.js';

const ADDRESS = { address: '203.0.113.9', port: 40_000 };
const KEY = new Uint8Array(32).fill(7);

controlCases('sessionDescription$', {
  from: { a: encodeJsonFrame(4, { mode: 'm', secret_key: [...KEY], dave_protocol_version: 1 }), x: encodeJsonFrame(6, { t: 1 }) },
  to: { A: { mode: 'm', secretKey: KEY, daveVersion: 1 } },
  over: (control) => sessionDescription$(control, ADDRESS, 'aead_aes256_gcm_rtpsize'),
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
    const stage$ = sessionDescription$(control, ADDRESS, 'aead_aes256_gcm_rtpsize');
    expect(sent).toEqual([]);
    return stage$;
  }).subscribe();
  expect(sent.map((message) => (JSON.parse(String(message)) as { op: number }).op)).toEqual([1]);
  asking.unsubscribe();
  expect(sent).toHaveLength(1);
});
