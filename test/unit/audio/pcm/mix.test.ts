import fc from 'fast-check';
import { of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { mix, mixPcm, type AlignedAudio, type MixedPcm } from '../../../../src/audio/index.js';
import { virtualTime } from '../../../support/virtual-time.js';

const pcm = (...samples: number[]): Int16Array => Int16Array.from(samples);
const sample = fc.integer({ min: -32_768, max: 32_767 });
const inputs = fc.nat(12).chain((length) => fc.array(fc.array(sample, { minLength: length, maxLength: length }), { minLength: 1, maxLength: 9 }));

describe('mixPcm', () => {
  it('is the sum, cut off at 16 bits, in any order', () => {
    const check = (list: number[][]): void => {
      const arrays = list.map((one) => Int16Array.from(one));
      const wanted = list[0]!.map((_, i) => Math.max(-32_768, Math.min(32_767, list.reduce((sum, one) => sum + one[i]!, 0))));
      expect([...mixPcm(arrays)]).toEqual(wanted);
      expect([...mixPcm(arrays.reverse())]).toEqual(wanted);
    };
    fc.assert(fc.property(inputs, check), { seed: 20_261_121 });
  });

  it('passes a single voice unchanged, in an array of its own', () => {
    const voice = pcm(-32_768, -1, 0, 1, 32_767);
    const mixed = mixPcm([voice]);
    expect(mixed).toEqual(voice);
    expect(mixed).not.toBe(voice);
  });

  it('weighs by gains, rounds, and takes what is no number for 0', () => {
    expect(mixPcm([pcm(1_000, 3), pcm(500, 1)], [0.5, 2])).toEqual(pcm(1_500, 4));
    expect(mixPcm([pcm(1_000), pcm(500)], [0])).toEqual(pcm(500));
    expect(mixPcm([pcm(1_000), pcm(500)], [NaN])).toEqual(pcm(500));
    expect(mixPcm([pcm(1_000)], [-1])).toEqual(pcm(-1_000));
    expect(mixPcm([pcm(1_000, 0)], [Infinity])[0]).toBe(32_767);
  });

  it('of nothing is silence, and of different lengths an error', () => {
    expect(mixPcm([])).toHaveLength(0);
    expect(mixPcm([], [], 4)).toEqual(pcm(0, 0, 0, 0));
    expect(() => mixPcm([pcm(1), pcm(1, 2)])).toThrow(RangeError);
    // Nothing remains of an earlier mix, or of a failed one.
    expect(mixPcm([pcm(1, 1)])).toEqual(pcm(1, 1));
  });
});

const block = (index: number, speakers: Record<string, Int16Array>): AlignedAudio => ({
  at: 1_000 + index / 48,
  index,
  samples: 1,
  speakers: new Map(Object.entries(speakers)),
  late: 0,
});

describe('mix', () => {
  const A = block(0, { a: pcm(1, 2), b: pcm(10, 20) });
  const B = block(1, {});
  const a: MixedPcm = { at: 1_000, index: 0, samples: 1, pcm: pcm(11, 22) };
  const b: MixedPcm = { at: 1_000 + 1 / 48, index: 1, samples: 1, pcm: pcm(0, 0) };

  it.each([
    ['never', '-', '^----!', '-', '^----!'],
    ['empty', '---|', '', '---|', '^--!'],
    ['one', '-A-|', '', '-a-|', '^--!'],
    ['an error', '-A-#', '', '-a-#', '^--!'],
    ['endless', '-A-B-A', '^-----!', '-a-b-a', '^-----!'],
    ['early unsubscribe', '-A-B-A|', '^--!', '-a-', '^--!'],
    ['unsubscribe while waiting', '-A---B|', '^--!', '-a--', '^--!'],
  ])('%s', (_what, source, until, wanted, subscription) => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const blocks = cold(source, { A, B });
      expectObservable(blocks.pipe(mix()), until === '' ? undefined : until).toBe(wanted, { a, b });
      expectSubscriptions(blocks.subscriptions).toBe(subscription);
    });
  });

  it('weighs speakers by a Map, or by a function that may change its mind', () => {
    const got: number[] = [];
    of(A).pipe(mix({ gains: new Map([['b', 0.5]]) })).subscribe((one) => got.push(...one.pcm));
    let gain = 0;
    of(A, A).pipe(mix({ gains: (speaker) => (speaker === 'a' ? gain++ : 0) })).subscribe((one) => got.push(...one.pcm));
    expect(got).toEqual([6, 12, 0, 0, 1, 2]);
  });
});
