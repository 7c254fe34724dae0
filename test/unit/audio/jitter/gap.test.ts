import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lostBetween, packetSamples } from '../../../../src/audio/jitter/gap.js';
import { LONG_FRAME, silence, speech } from '../speech-packets.js';

const places = (before: Parameters<typeof lostBetween>[0], count: number, after: Parameters<typeof lostBetween>[2]): string[] =>
  lostBetween(before, count, after).map(({ sequence, timestamp, samples }) => `${sequence}: ${timestamp}+${samples}`);

describe('what is missing between two packets', () => {
  it('fills the room between them', () => {
    expect(places(speech(1), 2, speech(4))).toEqual(['2: 1920+960', '3: 2880+960']);
  });

  it('wraps, both the sequence and the timestamp', () => {
    const before = speech(65_534, { timestamp: 2 ** 32 - 1_440 });
    expect(places(before, 2, speech(65_537, { timestamp: 1_440 }))).toEqual(['65535: 4294966816+960', '0: 480+960']);
  });

  it('leaves a pause to the end of the gap', () => {
    expect(places(speech(0), 2, speech(3, { timestamp: 96_000 }))).toEqual(['1: 960+960', '2: 1920+960']);
  });

  it("is as long as the stream's packets are, also behind a silence of 20 ms in a stream of 60 ms", () => {
    const after = speech(3, { frame: LONG_FRAME, timestamp: 960 + 2 * 2_880 });
    expect(places(silence(0), 2, after)).toEqual(['1: 960+2880', '2: 3840+2880']);
  });

  it('shares what room there is', () => {
    const before = speech(0, { frame: LONG_FRAME });
    expect(places(before, 2, speech(3, { timestamp: 2_880 + 960 }))).toEqual(['1: 2880+480', '2: 3360+480']);
    expect(places(speech(0), 2, speech(3, { timestamp: 961 }))).toEqual(['1: 960+120', '2: 1080+120']);
  });

  it('goes on from the packet before where the RTP clock went back', () => {
    expect(places(speech(9), 1, speech(11, { timestamp: 0 }))).toEqual(['10: 9600+960']);
  });

  it('belongs to whom the later packet belongs to, as soon as that is known', () => {
    expect(lostBetween(speech(0, { userId: null }), 1, speech(2))[0]!.userId).toBe('7');
    expect(lostBetween(speech(0), 1, speech(2, { userId: null }))[0]!.userId).toBe('7');
  });

  it('has lengths that Opus has, whatever the timestamps say', () => {
    const uint32 = fc.nat(2 ** 32 - 1);
    fc.assert(
      fc.property(uint32, uint32, fc.integer({ min: 1, max: 50 }), (from, to, count) => {
        const lost = lostBetween(speech(0, { timestamp: from }), count, speech(count + 1, { timestamp: to }));
        expect(lost).toHaveLength(count);
        for (const { samples } of lost) {
          expect(samples % 120).toBe(0);
          expect(samples).toBeGreaterThan(0);
          expect(samples).toBeLessThanOrEqual(5_760);
        }
      }),
    );
  });

  it('takes what is no Opus packet for 20 ms', () => {
    expect(packetSamples(speech(0, { frame: new Uint8Array(0) }))).toBe(960);
    expect(packetSamples(speech(0, { frame: LONG_FRAME }))).toBe(2_880);
  });
});
