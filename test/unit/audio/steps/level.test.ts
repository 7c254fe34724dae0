import { BehaviorSubject, EMPTY, NEVER, Subject, map, of, throwError } from 'rxjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chain, db, fadeIn, fadeOut, levels, limiter, meter, pcmFilter, switchFilter, volume } from '../../../../src/audio/index.js';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { reportedErrors } from '../../../support/reported-errors.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { clicks, cut, difference, filtered, noise, rms, side, sine, stereo, toneLevel, whole } from '../../../support/sound.js';

const SONG = stereo(14_400, sine(440), sine(300, 0.4));

/** The errors reported while `body` runs; in virtual time, so that they are reported at once. */
function reports(body: () => void): string[] {
  const errors = reportedErrors();
  virtualTime(body);
  return errors.map((error) => (error instanceof Error ? error.message : String(error)));
}

/** Feeds pieces of 20 ms, and calls a function before some of them. */
function* meanwhile(pcm: Int16Array, acts: Readonly<Record<number, () => void>>): Generator<Int16Array, void> {
  let i = 0;
  for (const piece of cut(pcm, 1920)) {
    acts[i++]?.();
    yield piece;
  }
}

describe('decibels', () => {
  it.each([
    [0, 1],
    [-6.0206, 0.5],
    [20, 10],
    [-Infinity, 0],
  ])('db(%d) is %d', (decibels, factor) => {
    expect(db(decibels)).toBeCloseTo(factor, 5);
  });
});

describe('volume', () => {
  it('of 1 leaves the sound as it is, of 0 nothing, and of 0.5 half', () => {
    expect(difference(filtered(volume(1), SONG), SONG)).toBe('none');
    expect(filtered(volume(0), SONG).every((x) => x === 0)).toBe(true);
    expect(
      difference(
        filtered(volume(0.5), SONG),
        SONG.map((x) => Math.round(x / 2)),
      ),
    ).toBe('none');
    expect(difference(filtered(chain(volume(db(6)), volume(db(-6))), SONG), SONG)).toBe('none');
  });

  it('begins at what is given at the subscription, without a ramp', () => {
    expect(
      difference(
        filtered(volume(of(0.5)), SONG),
        SONG.map((x) => Math.round(x / 2)),
      ),
    ).toBe('none');
    expect(difference(filtered(volume(NEVER), SONG), SONG)).toBe('none');
    expect(difference(filtered(volume(EMPTY), SONG), SONG)).toBe('none');
  });

  it('changes without a click, and exactly to what was wished', () => {
    const level$ = new BehaviorSubject(1);
    const out = whole(volume(level$)(meanwhile(SONG, { 3: () => level$.next(0.25), 8: () => level$.next(0), 11: () => level$.next(1) })));
    expect(clicks(out)).toBeLessThan(-60);
    expect(difference(out.subarray(0, 3 * 1920), SONG.subarray(0, 3 * 1920))).toBe('none');
    expect(
      difference(
        out.subarray(6 * 1920, 8 * 1920),
        SONG.subarray(6 * 1920, 8 * 1920).map((x) => Math.round(x / 4)),
      ),
    ).toBe('none');
    expect(out.subarray(10 * 1920, 11 * 1920).every((x) => x === 0)).toBe(true);
    expect(difference(out.subarray(13 * 1920), SONG.subarray(13 * 1920))).toBe('none');
  });

  it('clicks without a ramp: the measure sees it', () => {
    const level$ = new BehaviorSubject(1);
    // Starts a quarter of a period later, so not at a zero of the sine.
    const out = whole(volume(level$, { ramp: 0 })(meanwhile(SONG.subarray(2 * 27), { 3: () => level$.next(0.25) })));
    expect(clicks(out)).toBeGreaterThan(-30);
  });

  it('follows a slider that is pulled to and fro, at every moment, without a click, and never beyond what was wished', () => {
    const wishes = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 2, noNaN: true })), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(wishes, (changes) => {
        const level$ = new BehaviorSubject(1);
        const bound = Math.max(1, ...changes.map(([, level]) => level));
        const song = stereo(9_600, sine(440, 0.4));
        const lengths = changes.map(([pairs]) => pairs * 16);
        const pieces = function* (): Generator<Int16Array, void> {
          let i = 0;
          for (const piece of cut(song, ...lengths)) {
            yield piece;
            level$.next(changes[i++ % changes.length]![1]);
          }
        };
        const out = whole(volume(level$)(pieces()));
        expect(out.length).toBe(song.length);
        expect(clicks(out)).toBeLessThan(-60);
        expect(out.every((x, i) => Math.abs(x) <= Math.abs(song[i]!) * bound + 1)).toBe(true);
      }),
      { numRuns: 8 },
    );
  });

  it('keeps the last level at an error, at completion, and at a value that is none; errors are reported', () => {
    const level$ = new Subject<number>();
    const half = SONG.map((x) => Math.round(x / 2)).subarray(8 * 1920);
    const said = reports(() => {
      const acts = { 1: () => level$.next(0.5), 5: () => level$.next(-1), 6: () => level$.error(new Error('gone')) };
      expect(difference(whole(volume(level$)(meanwhile(SONG, acts))).subarray(8 * 1920), half)).toBe('none');
    });
    expect(said).toEqual([expect.stringMatching(/^level: must be a level from 0 to 10/), 'gone']);
    const completed = new Subject<number>();
    const acts = { 1: () => completed.next(0.5), 2: () => completed.complete() };
    expect(difference(whole(volume(completed)(meanwhile(SONG, acts))).subarray(8 * 1920), half)).toBe('none');
  });

  it('is subscribed with each stream, and let go of with it', () => {
    const P = { a: Int16Array.of(1000, 1000), b: Int16Array.of(500, 500) };
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const [level, endless] = [cold('h', { h: 0.5 }), cold<number>('--')];
      const pcm = cold('-a--a-|', P);
      expectObservable(pcm.pipe(volume(level, { ramp: 0 }))).toBe('-b--b-|', P);
      expectSubscriptions(level.subscriptions).toBe('^-----!');
      expectObservable(pcm.pipe(volume(endless)), '^--!').toBe('-a--', P);
      expectSubscriptions(endless.subscriptions).toBe('^--!');
    });
  });

  it.each([[-0.1], [50], [Number.NaN], ['1' as never]])('of %s is refused where it is written', (level) => {
    expect(() => volume(level)).toThrow(VoiceOptionsError);
  });

  it('refuses a ramp that is none', () => {
    for (const ramp of [-1, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => volume(1, { ramp })).toThrow(/^ramp: must be/);
  });
});

describe('fades', () => {
  it('come up out of silence, and go down to it at the end that was said: the sound ends there', () => {
    const out = filtered(chain(fadeIn(100), fadeOut(50, { until: 200 })), SONG);
    expect(out.length).toBe(2 * 9_600);
    expect([out[0], out[1], out.at(-1), out.at(-2)]).toEqual([0, 0, 0, 0]);
    expect(difference(out.subarray(2 * 4_800, 2 * 7_200), SONG.subarray(2 * 4_800, 2 * 7_200))).toBe('none');
    expect(clicks(Int16Array.of(...new Int16Array(1_000), ...out, ...new Int16Array(1_000)))).toBeLessThan(-60);
  });

  it('of nothing, and of a sound that ends before, are what they are', () => {
    expect(difference(filtered(fadeIn(0), SONG), SONG)).toBe('none');
    expect(difference(filtered(fadeOut(50, { until: 10_000 }), SONG), SONG)).toBe('none');
    expect(difference(filtered(fadeOut(0, { until: 100 }), SONG), SONG.subarray(0, 9_600))).toBe('none');
    expect(filtered(fadeOut(500, { until: 100 }), SONG).length).toBe(9_600);
    expect(filtered(fadeOut(10, { until: 0 }), SONG).length).toBe(0);
  });

  it('are the same, however the sound is cut', () => {
    const filter = chain(fadeIn(33), fadeOut(21, { until: 123 }));
    const once = filtered(filter, SONG);
    for (const length of [1, 7, 500, 5_000]) expect(difference(filtered(filter, SONG, length), once)).toBe('none');
  });

  it('out when an Observable says so, and the source is let go of', () => {
    const stop$ = new Subject<string>();
    let read = 0;
    const pieces = function* (): Generator<Int16Array, void> {
      for (;;) {
        if (read++ === 4) stop$.next('stop');
        yield SONG.subarray(0, 1920);
      }
    };
    const out = whole(fadeOut(50, { on: stop$ })(pieces()));
    expect([out.length, read, stop$.observed]).toEqual([2 * 960 * 6 + 960, 7, false]);
    expect(difference(out.subarray(0, 1920), SONG.subarray(0, 1920))).toBe('none');
    expect(out.at(-1)).toBe(0);
  });

  it('complete an Observable, and unsubscribe from its source', () => {
    const P = { a: SONG.subarray(0, 1920), z: new Int16Array(0) };
    virtualTime(({ cold, hot, expectSubscriptions, expectObservable }) => {
      const pcm = cold('a-a-a-a-a', P);
      const stop = hot('---x', { x: 0 });
      expectObservable(
        pcm.pipe(
          fadeOut(40, { on: stop }),
          map(() => 'x'),
        ),
      ).toBe('x-x-x-(x|)');
      expectSubscriptions(pcm.subscriptions).toBe('^-----!');
      expectSubscriptions(stop.subscriptions).toBe('^--!');
    });
  });

  it('whose notifier fails or ends without a word stay away', () => {
    expect(difference(filtered(fadeOut(10, { on: EMPTY }), SONG), SONG)).toBe('none');
    expect(reports(() => expect(filtered(fadeOut(10, { on: throwError(() => 'gone') }), SONG)).toEqual(SONG))).toEqual(['gone']);
  });

  it.each([
    [() => fadeIn(-1)],
    [() => fadeOut(10, {} as never)],
    [() => fadeOut(10, { on: 3 as never })],
    [() => fadeOut(Number.NaN, { until: 1 })],
    [() => fadeOut(1, { untill: 3 } as never)],
  ])('refuse what is none: %s', (make) => expect(make).toThrow(VoiceOptionsError));
});

describe('a limiter', () => {
  const loud = pcmFilter(() => ({ step: (samples) => samples.map((x) => x * 4) }));

  it('does not touch what is not too loud', () => {
    expect(difference(filtered(limiter(), SONG), SONG)).toBe('none');
    expect(difference(filtered(limiter(), SONG, 7), SONG)).toBe('none');
  });

  it.each([0, -1, -6])('lets nothing pass that is above %d dBFS, and does not click', (ceiling) => {
    const burst = stereo(14_400, (n) => (n > 4_800 && n < 9_600 ? 0.9 : 0.1) * Math.sin((2 * Math.PI * 440 * n) / 48_000), sine(300, 0.1));
    const out = filtered(chain(loud, limiter({ ceiling })), burst);
    const most = Math.max(...side(out, 0).map(Math.abs), ...side(out, 1).map(Math.abs));
    expect(out.length).toBe(burst.length);
    expect(most).toBeLessThanOrEqual(db(ceiling) + 1 / 32_768);
    expect(most).toBeGreaterThan(db(ceiling) * 0.97);
    // Until 5 ms before the burst the sound is unchanged.
    expect(difference(out.subarray(0, 2 * 4_500), filtered(loud, burst).subarray(0, 2 * 4_500))).toBe('none');
  });

  it('says of noise, however it is cut, the same, within the ceiling, as long as it was', () => {
    fc.assert(
      fc.property(fc.integer(), fc.array(fc.integer({ min: 1, max: 1_500 }), { minLength: 1, maxLength: 6 }), (seed, lengths) => {
        const pcm = stereo(2_000, noise(seed, 0.9), noise(seed + 1, 0.3));
        const out = filtered(chain(loud, limiter({ ceiling: -3, release: 5 })), pcm, ...lengths);
        expect(difference(out, filtered(chain(loud, limiter({ ceiling: -3, release: 5 })), pcm, 4_000))).toBe('none');
        expect(Math.max(...out.map(Math.abs))).toBeLessThanOrEqual(Math.ceil(db(-3) * 32_768));
      }),
      { numRuns: 20 },
    );
  });

  it('is as loud as before, after a while', () => {
    const out = side(
      filtered(
        chain(loud, limiter({ release: 20 })),
        stereo(24_000, (n) => (n < 2_400 ? 0.5 : 0.1) * Math.sin(n / 10)),
      ),
    );
    expect(rms(out.subarray(14_400))).toBeCloseTo(20 * Math.log10(0.4) - 3.01, 1);
  });

  it.each([[{ ceiling: 1 }], [{ release: 0 }], [{ celing: -1 } as never]])('refuses %o', (options) => {
    expect(() => limiter(options)).toThrow(VoiceOptionsError);
  });
});

describe('levels', () => {
  it('are those of each 20 ms, of both sides and of each, in dBFS', () => {
    const pcm = stereo(960 * 2 + 480, sine(1_000, 1), sine(1_000, 0.1));
    const all = [...levels()(cut(pcm, 77))];
    expect(all.map(({ at }) => at)).toEqual([0, 20, 40]);
    for (const { rms: loud, peak, left, right } of all) {
      expect([left.rms, left.peak, right.rms, right.peak].map((x) => x.toFixed(0))).toEqual(['-3', '-0', '-23', '-20']);
      expect([loud, peak]).toEqual([expect.closeTo(-5.98, 1), expect.closeTo(0, 1)]);
    }
    const silent = { rms: -Infinity, peak: -Infinity };
    expect([...levels()([new Int16Array(1920)])]).toEqual([{ at: 0, ...silent, left: silent, right: silent }]);
    expect([...levels()([])]).toEqual([]);
  });

  it('are told on the way, and the sound is passed as it is, whatever the observer throws', () => {
    const heard: number[] = [];
    const said = reports(() => {
      const out = filtered(meter({ next: ({ at }) => { heard.push(at); throw new Error('mine'); } }), SONG.subarray(0, 4_000)); // prettier-ignore
      expect(difference(out, SONG.subarray(0, 4_000))).toBe('none');
    });
    expect(heard).toEqual([0, 20, 40]);
    expect(said).toEqual(['mine', 'mine', 'mine']);
  });
});

describe('a filter in the place of another', () => {
  const late = pcmFilter(() => {
    let held = new Float32Array(0);
    return {
      step: (samples) => {
        const all = Float32Array.of(...held, ...samples);
        held = all.slice(Math.max(0, all.length - 700));
        return all.subarray(0, all.length - held.length);
      },
      flush: () => held,
    };
  });

  it('does not click, and no sample is lost or late, whatever either of them holds back', () => {
    for (const [first, second] of [
      [chain(), volume(0.3)],
      [late, chain()],
      [chain(), late],
      [late, chain(late, volume(0.2), late)],
    ] as const) {
      const filter$ = new BehaviorSubject(first);
      const out = whole(switchFilter(filter$)(meanwhile(SONG, { 4: () => filter$.next(second), 9: () => filter$.next(first) })));
      expect(out.length).toBe(SONG.length);
      expect(clicks(out)).toBeLessThan(-60);
      expect(difference(out.subarray(0, 4 * 1920), SONG.subarray(0, 4 * 1920))).toBe('none');
      expect(difference(out.subarray(6 * 1920, 8 * 1920), filtered(second, SONG).subarray(6 * 1920, 8 * 1920))).toBe('none');
      expect(difference(out.subarray(12 * 1920), SONG.subarray(12 * 1920))).toBe('none');
      expect(filter$.observed).toBe(false);
    }
  });

  it('is right wherever the sound ends, and however it is cut', () => {
    fc.assert(
      fc.property(fc.nat(3_000), fc.nat(3_000), fc.integer({ min: 1, max: 2_500 }), fc.boolean(), (before, after, length, held) => {
        const filter$ = new BehaviorSubject(held ? late : chain());
        const song = SONG.subarray(0, 2 * (before + after));
        const pieces = function* (): Generator<Int16Array, void> {
          yield* cut(song.subarray(0, 2 * before), length);
          filter$.next(held ? chain() : late);
          yield* cut(song.subarray(2 * before), length);
        };
        expect(difference(whole(switchFilter(filter$)(pieces())), song)).toBe('none');
      }),
      { numRuns: 50 },
    );
  });

  it('that cannot be begun, or is none, is reported: the one before it stays', () => {
    const broken = pcmFilter(() => {
      throw new Error('none');
    });
    const said = reports(() => {
      const filter$ = new BehaviorSubject(volume(0.5));
      const acts = { 2: () => filter$.next(broken), 3: () => filter$.next(3 as never), 4: () => filter$.error('gone') };
      expect(
        difference(
          whole(switchFilter(filter$)(meanwhile(SONG, acts))),
          SONG.map((x) => Math.round(x / 2)),
        ),
      ).toBe('none');
    });
    expect(said).toEqual(['none', 'filter$: must be a PcmFilter, such as volume(0.5) or chain(), and is 3', 'gone']);
  });

  it('keeps a tone as it is, on the way between equal filters', () => {
    const filter$ = new BehaviorSubject(volume(0.5));
    const out = whole(switchFilter(filter$)(meanwhile(SONG, { 5: () => filter$.next(volume(0.5)) })));
    expect(toneLevel(side(out), 440)).toBeCloseTo(-12.04, 1);
    expect(out.every((x, i) => Math.abs(x - SONG[i]! / 2) <= 1)).toBe(true);
  });
});
