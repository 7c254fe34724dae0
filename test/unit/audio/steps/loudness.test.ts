import { fileURLToPath } from 'node:url';
import { NEVER, concat, from, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { chain, gainTo, loudness, volume } from '../../../../src/audio/index.js';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { ebur128 } from '../../../bench/filters/ebur128.mjs';
import { programme } from '../../../bench/filters/compare.mjs';
import { itWithFfmpeg } from '../../../support/ffmpeg.js';
import { clicks, cut, difference, filtered, noise, side, sine, stereo } from '../../../support/sound.js';

const tone = (level: number, seconds: number): Int16Array => stereo(48_000 * seconds, sine(1_000, 10 ** (level / 20)));
const NOISE = stereo(48_000 * 3, noise(1, 0.2), noise(2, 0.1));

describe('loudness', () => {
  // The cases of EBU Tech 3341 and 3342, shortened where the result is the same.
  it.each([
    ['3341-1: -23 dBFS', [tone(-23, 2)], -23],
    ['3341-2: -33 dBFS', [tone(-33, 2)], -33],
    [
      '3341-4: what is more than 10 LU down does not count, nor does silence',
      [tone(-72, 1), tone(-36, 2), tone(-23, 6), tone(-36, 2), tone(-72, 1)],
      -23,
    ],
  ])('%s', async (_case, pieces, wanted) => {
    expect(Math.abs((await loudness(pieces)).integrated - wanted)).toBeLessThan(0.2);
  });

  it('3342-1: a range of 10 LU', async () => {
    expect(Math.abs((await loudness([tone(-20, 8), tone(-30, 8)])).range - 10)).toBeLessThan(1);
  });

  it('3341-15: the true peak of a tone whose samples are below it', async () => {
    // A quarter of the sample rate, at 45 degrees: all samples are 3 dB below the true peaks.
    const { truePeak } = await loudness([stereo(9_600, sine(12_000, 0.5, Math.PI / 4))]);
    expect(Math.abs(truePeak + 6.02)).toBeLessThan(0.2);
  });

  it('of silence, of nothing, and of what is too short', async () => {
    const none = { integrated: -Infinity, range: 0, truePeak: -Infinity };
    expect(await loudness([])).toEqual(none);
    expect(await loudness([new Int16Array(96_000)])).toEqual(none);
    expect((await loudness([tone(-23, 1).subarray(0, 30_000)])).integrated).toBe(-Infinity);
  });

  it('is the same, however the sound is cut and wherever it comes from', async () => {
    const once = await loudness([NOISE]);
    expect(await loudness(cut(NOISE, 1_921, 3, 960))).toEqual(once);
    expect(await loudness(from(cut(NOISE, 1_920)))).toEqual(once);
    expect(await loudness((async function* () { for (const pcm of cut(NOISE, 1_920)) yield { pcm }; })())).toEqual(once); // prettier-ignore
  });

  it('rejects as the source fails', async () => {
    await expect(
      loudness(
        concat(
          of(NOISE),
          throwError(() => new Error('gone')),
        ),
      ),
    ).rejects.toThrow('gone');
  });

  itWithFfmpeg('is what ffmpeg says of a song', async () => {
    const pcm = programme(fileURLToPath(new URL('../../../../src/cli/demo/song.opus', import.meta.url)), 5);
    const [ours, theirs] = [await loudness(cut(pcm, 1_920)), ebur128(pcm)];
    expect(Math.abs(ours.integrated - theirs.integrated)).toBeLessThan(0.1);
    expect(Math.abs(ours.range - theirs.range)).toBeLessThan(0.3);
    expect(Math.abs(ours.truePeak - theirs.truePeak)).toBeLessThan(0.3);
  });
});

describe('gainTo', () => {
  const after = async (filter: ReturnType<typeof gainTo>, pcm = NOISE): Promise<number> =>
    (await loudness([filtered(filter, pcm)])).integrated;

  it('by what was measured, or is known, is there from the beginning', async () => {
    const measured = await loudness([NOISE]);
    expect(await after(gainTo(-23, { from: measured }))).toBeCloseTo(-23, 1);
    expect(await after(gainTo(-30, { from: measured.integrated }))).toBeCloseTo(-30, 1);
    expect(
      difference(filtered(gainTo(-30, { from: measured }), NOISE), filtered(volume(10 ** ((-30 - measured.integrated) / 20)), NOISE)),
    ).toBe('none');
    expect(difference(filtered(gainTo(-20, { from: await loudness([]) }), NOISE), NOISE)).toBe('none');
  });

  it('by tags: the track before the album, from where each kind aims at', async () => {
    const { integrated } = await loudness([NOISE]);
    const r128 = -23 - integrated;
    expect(await after(gainTo(-26, { from: { track: r128, album: 0, reference: 'r128' } }))).toBeCloseTo(-26, 1);
    expect(await after(gainTo(-26, { from: { track: undefined, album: r128 + 5, reference: 'replaygain' } }))).toBeCloseTo(-26, 1);
    const untagged = gainTo(-26, { from: { track: undefined, album: undefined, reference: undefined } });
    expect(difference(filtered(untagged, NOISE), filtered(gainTo(-26), NOISE))).toBe('none');
  });

  it('lets nothing pass that is beyond -1 dBFS', () => {
    const out = filtered(gainTo(-5, { from: -25 }), stereo(48_000, noise(5, 0.9)));
    expect(Math.max(...side(out).map(Math.abs))).toBeLessThanOrEqual(10 ** (-1 / 20) + 1e-4);
  });

  it.each([
    ['a faint', 0.02, 0.01],
    ['a loud', 0.85, 0.8],
  ])('brings %s sound there as it plays, and keeps it there', async (_what, left, right) => {
    const pcm = stereo(48_000 * 6, noise(1, left), noise(2, right));
    const out = filtered(gainTo(-20), pcm);
    expect(out.length).toBe(pcm.length);
    expect(Math.abs((await loudness([out.subarray(96_000 * 4)])).integrated + 20)).toBeLessThan(0.5);
    expect(difference(out.subarray(0, 30_000), pcm.subarray(0, 30_000))).toBe('none');
  });

  it('does not make a pause louder, and does not click', async () => {
    const song = stereo(48_000 * 6, (n) => (n > 144_000 && n < 240_000 ? 0 : 0.05 * Math.sin((2 * Math.PI * 440 * n) / 48_000)));
    const out = filtered(gainTo(-16), song);
    const level = (at: number): number => Math.max(...side(out).subarray(at, at + 480).map(Math.abs)); // prettier-ignore
    expect(level(143_000) / level(250_000)).toBeGreaterThan(0.85);
    expect(clicks(out.subarray(2 * 40_000, 2 * 80_000))).toBeLessThan(-60);
  });

  it('says the same, however the sound is cut', () => {
    const pcm = NOISE.subarray(0, 96_000);
    const once = filtered(gainTo(-14), pcm, pcm.length);
    for (const lengths of [[1_920], [7, 9_999]]) expect(difference(filtered(gainTo(-14), pcm, ...lengths), once)).toBe('none');
    expect(filtered(chain(gainTo(-14)), new Int16Array(1_000)).every((x) => x === 0)).toBe(true);
  });

  it.each([
    [() => gainTo(0)],
    [() => gainTo(Number.NaN)],
    [() => gainTo(-16, { from: 'tags' as never })],
    [() => gainTo(-16, { from: NEVER as never })],
  ])('refuses what is none: %s', (make) => {
    expect(make).toThrow(VoiceOptionsError);
  });
});
