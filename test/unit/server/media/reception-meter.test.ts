import { describe, expect, it } from 'vitest';
import { middleOfNtp } from '../../../../src/protocol/rtcp-writer.js';
import { ReceptionMeter } from '../../../../src/server/media/reception-meter.js';

describe('a reception meter', () => {
  it('counts what was lost, since the beginning and since the report before', () => {
    const meter = new ReceptionMeter(9);
    expect(meter.empty).toBe(true);
    for (const n of [10, 11, 13, 14]) meter.packet(n, n * 960, n * 20);
    expect(meter.report(0)).toMatchObject({ ssrc: 9, lost: 1, fractionLost: 0.2, highestSequence: 14 });
    for (const n of [15, 16]) meter.packet(n, n * 960, n * 20);
    expect(meter.report(0)).toMatchObject({ lost: 1, fractionLost: 0 });
    // The lost one arrived late after all, and one arrived twice.
    meter.packet(12, 12 * 960, 340);
    meter.packet(16, 16 * 960, 341);
    expect(meter.report(0)).toMatchObject({ lost: -1, fractionLost: 0, highestSequence: 16 });
  });

  it('counts wraps in the upper half of the highest number', () => {
    const meter = new ReceptionMeter(1);
    for (const n of [65_534, 65_535, 1]) meter.packet(n, 0, 0);
    expect(meter.report(0)).toMatchObject({ highestSequence: 0x10001, lost: 1, fractionLost: 0.25 });
  });

  it('measures jitter as RFC 3550 does, blind to steady delay, clock and wraps', () => {
    const steady = new ReceptionMeter(1);
    for (let n = 0; n < 200; n++) steady.packet(n, (0xffff_0000 + n * 960) >>> 0, 1e9 + n * 20);
    expect(steady.report(0).jitter).toBe(0);
    // 8 ms late: the jitter is a sixteenth of that.
    steady.packet(200, (0xffff_0000 + 200 * 960) >>> 0, 1e9 + 200 * 20 + 8);
    expect(steady.report(0).jitter).toBeCloseTo(0.5, 9);
    const jumpy = new ReceptionMeter(1);
    // Every second packet is 8 ms late: each differs from the previous one by 8 ms.
    for (let n = 0; n < 400; n++) jumpy.packet(n, n * 960, n * 20 + (n % 2) * 8);
    expect(jumpy.report(0).jitter).toBeCloseTo(8, 3);
  });

  it('says which sender report it answers, and how long ago that came', () => {
    const meter = new ReceptionMeter(1);
    meter.packet(1, 0, 0);
    expect(meter.report(100)).toMatchObject({ lastSenderReport: null, delay: null });
    meter.senderReport(1_800_000_000_500, 120);
    expect(meter.report(370)).toMatchObject({ lastSenderReport: middleOfNtp(1_800_000_000_500), delay: 250 });
    meter.senderReport(null, 400);
    expect(meter.report(410)).toMatchObject({ lastSenderReport: null, delay: null });
    expect(meter.account).toEqual({ packets: 1, expected: 1, jitter: 0 });
  });
});
