import { of, type Observable } from 'rxjs';
import { expect, it } from 'vitest';
import { sendOpus, sendRtcp } from '../../../src/driver.js';
import { VoiceUnsupportedError } from '../../../src/errors.js';
import type { RtcpPacket } from '../../../src/protocol/rtcp.js';
import { testFrame } from '../../../src/testing/index.js';
import { operatorCases } from '../../support/seven-cases.js';

const description = (mode = 'aead_aes256_gcm_rtpsize') => ({ mode, secretKey: new Uint8Array(32).fill(9) });
const report: RtcpPacket = { type: 'receiver-report', ssrc: 7, reports: [] };
const a = [report];
/** Header and sender; no blocks; tag and nonce. */
const sent = (at: number) => ({ packets: a, bytes: 8 + 16 + 4, at });

operatorCases('sendRtcp', {
  from: { a },
  to: { A: sent(0), B: sent(1), C: sent(2) },
  over: (compounds$: Observable<readonly RtcpPacket[]>) => compounds$.pipe(sendRtcp({ send: () => undefined }, description())),
  rows: {
    never: { source: '-', result: '-', listens: '^' },
    empty: { source: '--|', result: '--|', listens: '^-!' },
    one: { source: '--a--|', result: '--C--|', listens: '^----!' },
    error: { source: '--a--#', result: '--C--#', listens: '^----!' },
    endless: { source: 'aaaaaaaaaa', until: '^--!', result: 'ABC', listens: '^--!' },
    'early unsubscribe': { source: '-a---a', until: '^--!', result: '-B-', listens: '^--!' },
    'unsubscribe while waiting': { source: '-----a', until: '^--!', result: '-', listens: '^--!' },
  },
});

function run(compounds$: Observable<readonly RtcpPacket[]>, to = description()): { datagrams: Uint8Array[]; error: unknown } {
  const datagrams: Uint8Array[] = [];
  let error: unknown;
  compounds$.pipe(sendRtcp({ send: (datagram) => datagrams.push(datagram) }, to)).subscribe({ error: (caught: unknown) => (error = caught) });
  return { datagrams, error };
}

it('shares the nonces of the audio under the same key', () => {
  const to = description();
  const audio: Uint8Array[] = [];
  of(testFrame(0)).pipe(sendOpus({ send: (datagram) => audio.push(datagram) }, { ...to, ssrc: 7 })).subscribe(); // prettier-ignore
  const nonces = [...audio, ...run(of(a, a), to).datagrams].map((datagram) => Buffer.from(datagram.subarray(-4)).toString('hex'));
  expect(new Set(nonces).size).toBe(3);
});

it('errors at a compound that begins with no report, and at a mode that is none; says nothing where RTCP cannot be sealed', () => {
  expect(run(of([{ type: 'bye', ssrcs: [7], reason: null }])).error).toBeInstanceOf(RangeError);
  expect(run(of(a), description('rot13')).error).toBeInstanceOf(VoiceUnsupportedError);
  expect(run(of(a), description('xsalsa20_poly1305'))).toEqual({ datagrams: [], error: undefined });
});
