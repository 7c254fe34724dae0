import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parseRtcp, type ReceptionReport, type RtcpPacket } from '../../../src/protocol/rtcp.js';
import { middleOfNtp, writeRtcp } from '../../../src/protocol/rtcp-writer.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const word = fc.nat(0xffffffff);

/** Values that their fields hold exactly, so that the value read equals the value written. */
const report: fc.Arbitrary<ReceptionReport> = fc
  .record({
    ssrc: word,
    fractionLost: fc.nat(255).map((n) => n / 256),
    lost: fc.integer({ min: -0x800000, max: 0x7fffff }),
    highestSequence: word,
    jitter: fc.nat(1_000_000).map((samples) => samples / 48),
    since: fc.option(fc.tuple(fc.integer({ min: 1, max: 0xffffffff }), fc.nat(0xffffff))),
  })
  .map(({ since, ...rest }) => ({
    ...rest,
    lastSenderReport: since?.[0] ?? null,
    delay: since === null ? null : (since[1] / 65_536) * 1_000,
  }));
const reports = fc.array(report, { maxLength: 31 });
const text = fc.string({ maxLength: 40, unit: 'grapheme' });
const packet: fc.Arbitrary<RtcpPacket> = fc.oneof(
  fc.record({
    type: fc.constant('sender-report' as const),
    ssrc: word,
    ntpTime: fc.option(fc.integer({ min: 1, max: 2_000_000_000 }).map((seconds) => seconds * 1_000 + 500)),
    rtpTimestamp: word,
    packets: word,
    octets: word,
    reports,
  }),
  fc.record({ type: fc.constant('receiver-report' as const), ssrc: word, reports }),
  fc.record({
    type: fc.constant('source-description' as const),
    chunks: fc.array(fc.record({ ssrc: word, items: fc.array(fc.record({ item: fc.integer({ min: 1, max: 8 }), text })) }), { maxLength: 31 }),
  }),
  fc.record({ type: fc.constant('bye' as const), ssrcs: fc.array(word, { maxLength: 31 }), reason: fc.constant(null) }),
  fc.record({
    type: fc.constant('other' as const),
    packetType: fc.integer({ min: 204, max: 223 }),
    count: fc.nat(31),
    payload: fc.array(word, { maxLength: 8 }).map((words) => new Uint8Array(words.flatMap((w) => [w >>> 24, w >>> 16, w >>> 8, w]))),
  }),
);

describe('what is written', () => {
  it('is read as what it was', () => {
    fc.assert(
      fc.property(fc.array(packet, { minLength: 1, maxLength: 5 }), (packets) => {
        expect(parseRtcp(writeRtcp(packets))).toEqual(packets);
      }),
      { numRuns: 300 },
    );
  });

  it('is, byte for byte, what the desktop client wrote', () => {
    // The capture of test/vectors/rtcp-capture.json, with its clear bytes in front.
    const captured = '80c800060005ec18' + 'e957a59b69374bc60a5b61d000005b8e001e661b' + '81ca00020005ec1801000000';
    const [report] = parseRtcp(new Uint8Array(Buffer.from(captured, 'hex')))!;
    const described = { type: 'source-description', chunks: [{ ssrc: 0x5ec18, items: [{ item: 1, text: '' }] }] } as const;
    const written = hex(writeRtcp([report!, described]));
    // A fraction of a second has 32 bits, of which a number of ms since 1970 keeps about 21.
    expect(written.slice(0, 24)).toBe(captured.slice(0, 24));
    expect(Math.abs(parseInt(written.slice(24, 32), 16) - parseInt(captured.slice(24, 32), 16))).toBeLessThan(0x1000);
    expect(written.slice(32)).toBe(captured.slice(32));
  });

  it('has a reason for leaving, with its length, in whole words', () => {
    expect(hex(writeRtcp([{ type: 'bye', ssrcs: [7], reason: 'gone' }]))).toBe('81cb0003' + '00000007' + '04676f6e65000000');
  });

  it('keeps every number within its field', () => {
    const extreme = { ssrc: 1, highestSequence: 2, jitter: 0, lastSenderReport: null, delay: null };
    const read = parseRtcp(writeRtcp([
      { type: 'receiver-report', ssrc: 9, reports: [
        { ...extreme, fractionLost: 1, lost: 1e9 }, { ...extreme, fractionLost: -0.5, lost: -1e9 },
      ] },
    ])); // prettier-ignore
    expect(read).toMatchObject([{ reports: [{ fractionLost: 255 / 256, lost: 0x7fffff }, { fractionLost: 0, lost: -0x800000 }] }]);
  });

  it('is no packet that counts past 31, and no text past 255 bytes', () => {
    const reason = 'é'.repeat(128);
    expect(() => writeRtcp([{ type: 'bye', ssrcs: Array.from({ length: 32 }, () => 1), reason: null }])).toThrow(RangeError);
    expect(() => writeRtcp([{ type: 'bye', ssrcs: [1], reason }])).toThrow(RangeError);
  });
});

describe('the middle of an NTP time', () => {
  it('is the lower half of its seconds and the upper half of its fraction', () => {
    const bytes = writeRtcp([{ type: 'sender-report', ssrc: 1, ntpTime: 1_700_000_000_250, rtpTimestamp: 0, packets: 0, octets: 0, reports: [] }]);
    expect(middleOfNtp(1_700_000_000_250)).toBe(parseInt(hex(bytes.subarray(10, 14)), 16));
    expect(middleOfNtp(1_700_000_000_250) & 0xffff).toBe(0x4000);
  });
});
