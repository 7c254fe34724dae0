import { catchError, of, Subject, type Observable } from 'rxjs';
import { expect, it } from 'vitest';
import { receiveRtcp } from '../../../src/driver.js';
import { VoiceUnsupportedError } from '../../../src/errors.js';
import type { RtcpPacket } from '../../../src/protocol/rtcp.js';
import { writeRtcp } from '../../../src/protocol/rtcp-writer.js';
import { KEY, packet, RTPSIZE, rtcp } from '../../unit/media/receive/receiver-stage.js';
import { operatorCases } from '../../support/seven-cases.js';

const description = { mode: RTPSIZE, secretKey: KEY };
const report: RtcpPacket = { type: 'receiver-report', ssrc: 7, reports: [] };
const bye: RtcpPacket = { type: 'bye', ssrcs: [7], reason: null };
const forged = rtcp(writeRtcp([report])).map((byte, i) => (i === 10 ? byte ^ 1 : byte));

operatorCases('receiveRtcp', {
  from: { a: rtcp(writeRtcp([report])), c: rtcp(writeRtcp([report, bye])), x: forged, y: packet(RTPSIZE), z: Uint8Array.of(1) },
  to: { A: report, B: bye },
  over: (datagrams$: Observable<Uint8Array>) => datagrams$.pipe(receiveRtcp(description)),
  rows: {
    never: { source: '-', result: '-', listens: '^' },
    empty: { source: '--|', result: '--|', listens: '^-!' },
    one: { source: '--a--|', result: '--A--|', listens: '^----!' },
    error: { source: '--c----#', result: '--(AB)-#', listens: '^------!' },
    endless: { source: 'axyzaxyz', until: '^------!', result: 'A---A--', listens: '^------!' },
    'early unsubscribe': { source: '-a-a-a', until: '^---!', result: '-A-A', listens: '^---!' },
    'unsubscribe while waiting': { source: '-----a', until: '^--!', result: '-', listens: '^--!' },
  },
});

it('needs no end-to-end cipher, and refuses a mode that is none', () => {
  const told: unknown[] = [];
  const hear = (given: typeof description & { daveVersion?: number }): Subject<Uint8Array> => {
    const datagrams$ = new Subject<Uint8Array>();
    datagrams$.pipe(receiveRtcp(given), catchError((error: unknown) => of(error))).subscribe((value) => told.push(value)); // prettier-ignore
    datagrams$.next(rtcp(writeRtcp([report])));
    return datagrams$;
  };
  hear({ ...description, daveVersion: 1 });
  const { observed } = hear({ ...description, mode: 'rot13' as typeof RTPSIZE });
  expect(told).toEqual([report, expect.any(VoiceUnsupportedError)]);
  expect(observed).toBe(false);
});
