import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { downsample, Downsampler, type DownsampleRate } from '../../../../src/audio/index.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { pcmFrame, rms, strength, tone } from '../voice-packets.js';

const SECOND = 48_000;
/** One second of a tone, downsampled in pieces of 20 ms, without its first 50 ms. */
function through(hertz: number, rate: DownsampleRate = 16_000, amplitude = 12_000): Int16Array {
  const filter = new Downsampler({ rate });
  const input = tone(hertz, SECOND, 0, amplitude);
  const pieces = Array.from({ length: 50 }, (_, i) => filter.push(input.subarray(i * 1920, (i + 1) * 1920)));
  expect(pieces.every((piece) => piece.length === rate / 50)).toBe(true);
  return Int16Array.from(pieces.flatMap((piece) => [...piece])).subarray(rate / 20);
}
const decibels = (ratio: number): number => 20 * Math.log10(ratio);

describe('a downsampler', () => {
  it.each([100, 300, 1_000, 3_000, 6_000])('to 16 kHz passes %i Hz as it is', (hertz) => {
    const pcm = through(hertz);
    expect(Math.abs(decibels(strength(pcm, hertz, 16_000, 1) / 12_000))).toBeLessThan(0.1);
  });

  it.each([8_000, 9_000, 10_000, 12_000, 15_000, 17_000, 20_000])('to 16 kHz lets nothing of %i Hz through', (hertz) => {
    expect(decibels(Math.max(rms(through(hertz)), 1e-3) / (12_000 / Math.SQRT2))).toBeLessThan(-55);
  });

  it.each([
    [8_000, 1_000, 5_000],
    [12_000, 1_000, 8_000],
    [24_000, 8_000, 13_000],
  ] as const)('to %i Hz passes %i Hz and stops %i Hz', (rate, passes, stops) => {
    expect(Math.abs(decibels(strength(through(passes, rate), passes, rate, 1) / 12_000))).toBeLessThan(0.2);
    expect(decibels(Math.max(rms(through(stops, rate)), 1e-3) / (12_000 / Math.SQRT2))).toBeLessThan(-55);
  });

  it('is the mean of left and right', () => {
    const input = tone(500, 9_600);
    for (let i = 1; i < input.length; i += 2) input[i] = -input[i]!;
    expect(rms(new Downsampler().push(input))).toBe(0);
  });

  it('is late by 1 ms at 16 kHz, and no louder than 16 bits', () => {
    const click = new Int16Array(1920);
    click.fill(32_767, 2 * 480, 2 * 483);
    const pcm = new Downsampler().push(click);
    expect(pcm.indexOf(Math.max(...pcm))).toBe(160 + 16);
    const square = Int16Array.from({ length: 9_600 }, (_, i) => (Math.floor(i / 200) % 2 === 0 ? 32_767 : -32_768));
    const loud = new Downsampler().push(square);
    expect(Math.max(...loud)).toBe(32_767);
    expect(Math.min(...loud)).toBe(-32_768);
  });

  it('gives the same whatever the pieces', () => {
    const input = tone(700, 1_000);
    const whole = [...new Downsampler().push(input)];
    const check = (lengths: number[]): void => {
      const filter = new Downsampler();
      const got: number[] = [];
      let at = 0;
      for (const length of [...lengths, 1_000]) {
        got.push(...filter.push(input.subarray(2 * at, 2 * (at + length))));
        at += length;
      }
      expect(got).toEqual(whole);
    };
    fc.assert(fc.property(fc.array(fc.nat(200), { maxLength: 8 }), check), { seed: 20_261_121, numRuns: 50 });
  });

  it('refuses other rates', () => {
    expect(() => new Downsampler({ rate: 44_100 as DownsampleRate })).toThrow('8000, 12000, 16000, 24000');
    expect(() => downsample({ rate: 0 as DownsampleRate })).toThrow(VoiceOptionsError);
  });
});

describe('downsample', () => {
  const A = pcmFrame(tone(440, 960), 0);
  const B = pcmFrame(tone(900, 960), 0, { ssrc: 2 });
  const first = (pcm: Int16Array): Int16Array => new Downsampler().push(pcm);
  const a = { ...A, pcm: first(A.pcm), rate: 16_000 };
  const b = { ...B, pcm: first(B.pcm), rate: 16_000 };

  it.each([
    ['never', '-', '^----!', '-', '^----!'],
    ['empty', '---|', '', '---|', '^--!'],
    ['one', '-A-|', '', '-a-|', '^--!'],
    ['an error', '-A-#', '', '-a-#', '^--!'],
    ['endless, each SSRC by itself', '-A-B--', '^-----!', '-a-b--', '^-----!'],
    ['early unsubscribe', '-A-B-A|', '^--!', '-a-', '^--!'],
    ['unsubscribe while waiting', '-A---B|', '^--!', '-a--', '^--!'],
  ])('%s', (_what, source, until, wanted, subscription) => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const frames = cold(source, { A, B });
      expectObservable(frames.pipe(downsample()), until === '' ? undefined : until).toBe(wanted, { a, b });
      expectSubscriptions(frames.subscriptions).toBe(subscription);
    });
  });
});
