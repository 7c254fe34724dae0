import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { BehaviorSubject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import * as audio from '../../../../src/audio/index.js';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { filterCases } from '../../../bench/filters/cases.mjs';
import { compare, programme } from '../../../bench/filters/compare.mjs';
import { itWithFfmpeg } from '../../../support/ffmpeg.js';
import { clicks, cut, difference, filtered, noise, rms, side, sine, stereo, toneLevel, whole } from '../../../support/sound.js';

const {
  bassBoost,
  distortion,
  equalizer,
  fadeIn,
  highPass,
  karaoke,
  limiter,
  lowPass,
  nightcore,
  rotation,
  timescale,
  tremolo,
  vibrato,
  volume,
} = audio;
const { chain, pcmFilter, switchFilter } = audio;

/** Every filter, with parameters that have an effect. */
const KEEPING = {
  volume: volume(0.7),
  fadeIn: fadeIn(30),
  limiter: limiter({ ceiling: -12 }),
  equalizer: equalizer([{ band: 0, db: 12 }, { band: 7, gain: -0.25 }, { band: 14, gain: 1 }]), // prettier-ignore
  bassBoost: bassBoost({ gain: 12 }),
  lowPass: lowPass({ frequency: 500 }),
  highPass: highPass({ frequency: 500, q: 5 }),
  tremolo: tremolo({ frequency: 9 }),
  vibrato: vibrato({ frequency: 9, depth: 1 }),
  rotation: rotation({ frequency: 5 }),
  karaoke: karaoke(),
  distortion: distortion({ sinScale: 4, scale: 1.2 }),
  channels: audio.channels('swap'),
  balance: audio.balance(0.3),
} as const;
const CHANGING = {
  nightcore: nightcore(),
  speed: timescale({ speed: 1.3 }),
  pitch: timescale({ pitch: 0.8 }),
} as const;
const ALL = { ...KEEPING, ...CHANGING, chain: chain(timescale({ speed: 0.9 }), vibrato(), equalizer([{ band: 3, db: 4 }]), limiter()) };
const SONG = stereo(6_000, (n) => 0.4 * Math.sin(n / 17) + 0.3 * Math.sin(n / 5 + 1), noise(7, 0.4));

describe.each(Object.entries(ALL))('%s', (name, filter) => {
  it('says the same, however the sound is cut', () => {
    const once = filtered(filter, SONG, SONG.length);
    for (const lengths of [[1_920], [1, 3_001, 258], [64]]) expect(difference(filtered(filter, SONG, ...lengths), once)).toBe('none');
    // Each stream has its own step: no state of one stream reaches the next.
    expect(difference(filtered(filter, SONG, SONG.length), once)).toBe('none');
  });

  it('makes no number that is none, of the loudest noise, of what is beyond full scale, and of nothing', () => {
    const shout = pcmFilter(() => ({ step: (samples) => samples.map((x) => 30 * x) }));
    const odd: number[] = [];
    const watch = pcmFilter(() => ({
      step: (samples) => {
        odd.push(...samples.filter((x) => !Number.isFinite(x)));
        return samples;
      },
    }));
    filtered(chain(shout, filter, watch), stereo(5_000, noise(3, 1), noise(4, 1)));
    expect(odd).toEqual([]);
    expect(filtered(filter, new Int16Array(0)).length).toBe(0);
    const silent = filtered(filter, new Int16Array(8_000));
    expect(silent.every((x) => x === 0)).toBe(true);
  });

  if (name in KEEPING) {
    it('is as long as the sound, of any length', () => {
      for (const samples of [1, 2, 241, 959, 3_000]) expect(filtered(filter, SONG.subarray(0, 2 * samples)).length).toBe(2 * samples);
    });
  }

  it('is switched on and off without a click', () => {
    const song = stereo(9_600, sine(200, 0.15), sine(300, 0.1));
    const filter$ = new BehaviorSubject(chain());
    let i = 0;
    const pieces = function* (): Generator<Int16Array, void> {
      for (const piece of cut(song, 1_920)) {
        if (i === 3) filter$.next(filter);
        if (i++ === 7) filter$.next(chain());
        yield piece;
      }
    };
    const out = whole(switchFilter(filter$)(pieces()));
    expect(clicks(out)).toBeLessThan(-60);
  });
});

describe('any chain with a limiter at its end', () => {
  it('is within full scale, has no number that is none, and does not depend on how the sound is cut', () => {
    const names = fc.array(fc.constantFrom(...(Object.keys(ALL) as (keyof typeof ALL)[])), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        names,
        fc.integer(),
        fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 3 }),
        (chosen, seed, lengths) => {
          const filter = chain(volume(4), ...chosen.map((name) => ALL[name]), limiter());
          const song = stereo(2_000, noise(seed, 1), noise(seed + 1, 0.5));
          const out = filtered(filter, song, ...lengths);
          expect(difference(out, filtered(filter, song, 4_000))).toBe('none');
          expect(Math.max(0, ...out.map(Math.abs))).toBeLessThanOrEqual(29_205);
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('beside ffmpeg', () => {
  const CHECKED =
    'equalizer, 15 bands; bassBoost; tremolo 5 Hz; vibrato 5 Hz; rotation 0.5 Hz; karaoke; nightcore; timescale, speed 1.5'.split('; ');

  itWithFfmpeg('the filters do what its do', async () => {
    const pcm = programme(fileURLToPath(new URL('../../../../src/cli/demo/song.opus', import.meta.url)), 0.7);
    const cases = filterCases(audio).filter(({ name }) => CHECKED.includes(name));
    expect(cases.map(({ name }) => name)).toEqual(CHECKED);
    const far = cases
      .map((one) => ({ name: one.name, allowed: one.allowed, ...compare(one, pcm) }))
      .filter(({ distance, allowed }) => !(distance <= allowed));
    expect(far.map(({ name, distance }) => ({ name, distance }))).toEqual([]);
    // The measure detects differences: the unfiltered song, and the song through another filter.
    const [, boost] = cases;
    expect(compare({ ...boost!, filter: chain() }, pcm).distance).toBeGreaterThan(0.5);
  });
});

const SECOND = 48_000;
const middle = (pcm: Int16Array, channel: 0 | 1 = 0): Float64Array => side(pcm, channel).subarray(4_800, 4_800 + 9_600);

describe('the equalizer', () => {
  it.each([
    [{ band: 8, db: 6 }, 6],
    [{ band: 8, db: -12 }, -12],
    [{ band: 8, gain: 0.25 }, 6.02],
    [{ band: 8, gain: -0.25 }, -40],
    [{ band: 7, db: 0 }, 0],
  ])('%o changes 1 kHz by %d dB', (band, wanted) => {
    const out = filtered(equalizer([band]), stereo(SECOND / 2, sine(1_000, 0.25)));
    expect(toneLevel(middle(out), 1_000) + 12.04).toBeCloseTo(wanted, 0);
  });

  it('leaves what is two bands away, and takes the last of two that are the same', () => {
    const out = filtered(equalizer([{ band: 8, db: 20 }, { band: 8, db: 9 }]), stereo(SECOND / 2, sine(250, 0.2))); // prettier-ignore
    expect(Math.abs(toneLevel(middle(out), 250) + 13.98)).toBeLessThan(0.5);
  });

  it('changes while the sound goes on, without a click', () => {
    const bands$ = new BehaviorSubject<readonly audio.EqualizerBand[]>([]);
    let i = 0;
    const song = stereo(SECOND / 4, sine(400, 0.2));
    const pieces = function* (): Generator<Int16Array, void> {
      for (const piece of cut(song, 1_920)) {
        if (i++ === 5) bands$.next([{ band: 6, db: 8 }]);
        yield piece;
      }
    };
    const out = whole(equalizer(bands$)(pieces()));
    expect(clicks(out)).toBeLessThan(-60);
    expect(rms(side(out).subarray(9_600)) - rms(side(song).subarray(9_600))).toBeCloseTo(8, 1);
    expect(out.length).toBe(song.length);
  });
});

describe('timescale', () => {
  const song = stereo(SECOND, sine(440, 0.3), sine(550, 0.3));
  it.each([
    [{ speed: 2 }, 24_000, 440],
    [{ speed: 0.5 }, 96_000, 440],
    [{ pitch: 2 }, 48_000, 880],
    [{ rate: 1.25 }, 38_400, 550],
    [{ speed: 1.5, pitch: 0.5, rate: 2 }, 16_000, 440],
    [{ speed: 1.1, pitch: 2 ** (1 / 12) }, 43_636, 440 * 2 ** (1 / 12)],
  ])('%o: as long and as high as it says, without another tone beside it', (options, length, hertz) => {
    const out = filtered(timescale(options), song);
    expect(out.length / 2).toBe(length);
    // 2.2 cents of 440 Hz are 0.6 Hz: within the resolution of 0.2 s.
    const left = middle(out);
    expect(Math.abs(toneLevel(left, hertz) + 10.46)).toBeLessThan(0.3);
    expect(Math.abs(rms(left) + 13.47)).toBeLessThan(0.3);
    expect(clicks(out.subarray(0, out.length - 8_000))).toBeLessThan(-55);
  });

  it('of 1 changes nothing, to the bit', () => {
    expect(difference(filtered(timescale({ speed: 1, pitch: 1, rate: 1 }), SONG), SONG)).toBe('none');
  });

  it('keeps both sides together, also where each is the opposite of the other', () => {
    const out = filtered(timescale({ speed: 1.3 }), stereo(SECOND / 2, sine(440, 0.3), sine(440, -0.3)));
    expect(side(out, 0).every((x, n) => Math.abs(x + out[2 * n + 1]! / 32_768) < 1e-4)).toBe(true);
    expect(Math.abs(rms(middle(out)) + 13.47)).toBeLessThan(0.3);
  });

  it('changes while the sound goes on, without a click', () => {
    const options$ = new BehaviorSubject({ speed: 1 });
    let i = 0;
    const pieces = function* (): Generator<Int16Array, void> {
      for (const piece of cut(stereo(SECOND / 2, sine(440, 0.3)), 1_920)) {
        if (i === 8) options$.next({ speed: 2 });
        if (i++ === 16) options$.next({ speed: 0.7 });
        yield piece;
      }
    };
    const out = whole(timescale(options$)(pieces()));
    expect(clicks(out.subarray(0, out.length - 4_000))).toBeLessThan(-55);
    expect(Math.abs(toneLevel(side(out).subarray(out.length / 2 - 9_600, out.length / 2 - 1_920), 440) + 10.46)).toBeLessThan(0.5);
  });

  it('is as long as it should be, whatever the factors and the length', () => {
    const factor = fc.double({ min: 0.5, max: 2, noNaN: true });
    fc.assert(
      fc.property(factor, factor, factor, fc.integer({ min: 1, max: 6_000 }), (speed, pitch, rate, samples) => {
        const out = filtered(timescale({ speed, pitch, rate }), SONG.subarray(0, 2 * samples));
        expect(out.length / 2).toBe(Math.round(samples / (speed * rate)));
      }),
      { numRuns: 25 },
    );
  });
});

describe('options that are none', () => {
  it.each([
    [() => equalizer([{ band: 15, db: 1 }]), /bands\[0\]\.band/],
    [() => equalizer([{ band: 1, gain: 3 }]), /bands\[0\]\.gain: must be a gain from -0\.25 to 1/],
    [() => equalizer([{ band: 1, db: 3, gain: 1 }]), /not both/],
    [() => equalizer([{ band: 1 } as never]), /not both/],
    [() => equalizer({ 0: 1 } as never), /array/],
    [() => bassBoost({ gain: 31 }), /gain/],
    [() => lowPass({} as never), /frequency: is missing/],
    [() => lowPass({ frequency: 25_000 }), /frequency/],
    [() => highPass({ frequency: 100, q: 0 }), /q/],
    [() => tremolo({ dept: 1 } as never), /did you mean 'depth'/],
    [() => tremolo({ frequency: 0 }), /frequency/],
    [() => vibrato({ frequency: 15 }), /frequency/],
    [() => rotation({ frequency: Number.NaN }), /frequency/],
    [() => karaoke({ level: 2 }), /level/],
    [() => distortion({ sinScale: Number.POSITIVE_INFINITY }), /sinScale/],
    [() => timescale({ speed: 0 }), /speed/],
    [() => timescale({ pitch: 4, rate: 4 }), /pitch times rate/],
    [() => nightcore(10), /rate/],
  ])('%s', (make, why) => {
    expect(make).toThrow(VoiceOptionsError);
    expect(make).toThrow(why);
  });
});
