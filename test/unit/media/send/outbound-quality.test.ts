import { describe, expect, it } from 'vitest';
import { from, map, NEVER, Subject, throwError, EMPTY, toArray, type Observable } from 'rxjs';
import fc from 'fast-check';
import type { ReceivedRtcp } from '../../../../src/media/interceptor.js';
import { outboundQuality$, type OutboundQuality } from '../../../../src/media/send/outbound-quality.js';
import { middleOfNtp, writeRtcp } from '../../../../src/protocol/rtcp-writer.js';
import { parseRtcp, type ReceptionReport, type RtcpPacket } from '../../../../src/protocol/rtcp.js';
import { virtualTime } from '../../../support/virtual-time.js';

const OURS = 7;
const REPORT: ReceptionReport = {
  ssrc: OURS, fractionLost: 0.25, lost: 3, highestSequence: 9, jitter: 4, lastSenderReport: null, delay: null,
}; // prettier-ignore

function quality(source$: Observable<ReceivedRtcp>): Observable<OutboundQuality> {
  return outboundQuality$({ ssrc: OURS, receivedRtcp$: source$ });
}
/** The quality values read from these packets, which arrived at `at`. */
function told(packets: readonly RtcpPacket[], at: number): readonly OutboundQuality[] {
  const values: OutboundQuality[] = [];
  quality(from([{ packets, bytes: 0, at }])).pipe(toArray()).subscribe((all) => values.push(...all));
  return values;
}
const receiverReport = (...reports: readonly ReceptionReport[]): RtcpPacket => ({ type: 'receiver-report', ssrc: 1, reports });

describe('what the other side heard of us', () => {
  it('is in receiver reports and in sender reports, wherever our SSRC stands', () => {
    const others = { ...REPORT, ssrc: 8 };
    const inSender: RtcpPacket = { type: 'sender-report', ssrc: 1, ntpTime: 0, rtpTimestamp: 0, packets: 0, octets: 0, reports: [others, REPORT] };
    const bye: RtcpPacket = { type: 'bye', ssrcs: [OURS], reason: null };
    const value = { at: 50, ssrc: OURS, fractionLost: 0.25, packetsLost: 3, jitter: 4, roundTripTime: null };
    expect(told([receiverReport(REPORT, others), inSender, bye], 50)).toEqual([value, value]);
    expect(told([receiverReport(others)], 50)).toEqual([]);
  });

  it('has a round trip where it answers a report of ours: to a thousandth of a ms, over the wire and over every wrap of the 32 bits', () => {
    const instant = fc.integer({ min: 0, max: 4_000_000_000_000 });
    fc.assert(
      fc.property(instant, fc.nat(30_000), fc.nat(60_000), (sent, roundTrip, lay) => {
        const report = { ...REPORT, lastSenderReport: middleOfNtp(sent) || 1, delay: lay };
        const [value] = told(parseRtcp(writeRtcp([receiverReport(report)]))!, sent + roundTrip + lay);
        // Two fields of 1/65536 s each.
        expect(Math.abs(value!.roundTripTime! - roundTrip)).toBeLessThan(0.05);
      }),
    );
  });

  it('has a round trip of 0 where a clock was set back, and never one below', () => {
    const report = { ...REPORT, lastSenderReport: middleOfNtp(10_000), delay: 20 };
    expect(told([receiverReport(report)], 9_000)[0]).toMatchObject({ roundTripTime: 0 });
    expect(told([receiverReport(report)], 10_010)[0]).toMatchObject({ roundTripTime: 0 });
  });

  it('follows its source', () => {
    virtualTime(({ expectObservable, cold, hot }) => {
      const read = (source$: Observable<string>): Observable<number> =>
        quality(source$.pipe(map((n) => ({ packets: n === 'x' ? [] : [receiverReport({ ...REPORT, lost: Number(n) })], bytes: 0, at: 0 })))).pipe(
          map(({ packetsLost }) => packetsLost),
        );
      expectObservable(read(hot('-1-x-2-|'))).toBe('-a---b-|', { a: 1, b: 2 });
      expectObservable(read(cold('-1-#'))).toBe('-a-#', { a: 1 });
      expectObservable(read(cold('-1-2-1-2-1-2-')), '-----!').toBe('-a-b--', { a: 1, b: 2 });
      expectObservable(read(NEVER)).toBe('-');
      expectObservable(read(EMPTY)).toBe('|');
      expectObservable(read(throwError(() => 'error'))).toBe('#');
    });
  });

  it('listens, and so has RTCP decrypted, only while it is subscribed to', () => {
    const source$ = new Subject<ReceivedRtcp>();
    const reading = quality(source$);
    expect(source$.observed).toBe(false);
    const subscription = reading.subscribe();
    expect(source$.observed).toBe(true);
    subscription.unsubscribe();
    expect(source$.observed).toBe(false);
  });
});
