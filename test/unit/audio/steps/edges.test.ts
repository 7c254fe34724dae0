import fc from 'fast-check';
import { BehaviorSubject, from, map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createOpusDecoder, createOpusEncoder, encodeOpus, type OpusEncoderFactory } from '../../../../src/audio/index.js';
import { balance, chain, channelMix, channels, resample, silence, tone, volume } from '../../../../src/audio/index.js';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { collect, texts } from '../../../support/collect.js';
import { clicks, cut, difference, filtered, noise, rms, side, sine, stereo, toneLevel, whole } from '../../../support/sound.js';
import { virtualTime } from '../../../support/virtual-time.js';

const SONG = stereo(960 * 6, sine(440), sine(300, 0.4));

function decoded(frames: Iterable<Uint8Array>): Int16Array {
  const decoder = createOpusDecoder();
  const pcm = whole([...frames].map((frame) => decoder.decode(frame)));
  decoder.free();
  return pcm;
}

describe('encodeOpus', () => {
  it('makes frames of 20 ms of pieces of any length, the same ones, in all three ways', async () => {
    const once = texts([...encodeOpus()(cut(SONG, 1920))]);
    for (const lengths of [[1, 1919], [7, 3_000], [SONG.length]]) expect(texts([...encodeOpus()(cut(SONG, ...lengths))])).toEqual(once);
    const pulled = await collect(encodeOpus()((async function* () { yield* cut(SONG, 500); })())); // prettier-ignore
    expect(texts(pulled.items)).toEqual(once);
    const pushed: Uint8Array[] = [];
    from(cut(SONG, 900))
      .pipe(encodeOpus())
      .subscribe((frame) => pushed.push(frame));
    expect(texts(pushed)).toEqual(once);
  });

  it.each([
    [0, 0],
    [1, 1],
    [960, 2],
    [961, 2],
    [960 + 648, 2],
    [960 + 649, 3],
  ])('of %d samples makes %d frames: the last 6.5 ms of sound are in the one behind', (samples, frames) => {
    expect([...encodeOpus()([SONG.subarray(0, 2 * samples)])].length).toBe(frames);
  });

  it('loses nothing of the sound: the look-ahead comes out at the end', () => {
    const click = new Int16Array(1920);
    click.fill(16_000, 1_400);
    const out = side(decoded(encodeOpus({ bitrate: 128_000 })([SONG.subarray(0, 1920), click])));
    // 0.25 of full scale until 20 + 20 + 6.5 ms.
    expect(rms(out.subarray(1920 + 100, 1920 + 300))).toBeGreaterThan(-10);
    expect(rms(out.subarray(1920 + 500))).toBeLessThan(-20);
  });

  it('takes the options of the encoder, and refuses others at once', () => {
    const bytes = (bitrate: number): number => [...encodeOpus({ bitrate })(cut(SONG, 1920))].reduce((sum, { length }) => sum + length, 0);
    expect(bytes(128_000)).toBeGreaterThan(1.5 * bytes(32_000));
    expect([...encodeOpus({ application: 'lowdelay' })([SONG.subarray(0, 2 * 1_700)])].length).toBe(2);
    expect(() => encodeOpus({ bitrate: 1 })).toThrow(VoiceOptionsError);
  });

  it.each([
    ['never', '-', '^---!', '-', '^---!'],
    ['empty', '---|', '', '---|', '^--!'],
    ['one', '-a-|', '', '-x-(x|)', '^--!'],
    ['an error', '-a-#', '', '-x-(x#)', '^--!'],
    ['endless, left early', '-a-a-a', '^--!', '-x-', '^--!'],
  ])('%s: the encoder is given back', (_what, source, until, wanted, subscription) => {
    let open = 0;
    const encoder: OpusEncoderFactory = (options) => {
      const own = createOpusEncoder(options);
      open += 1;
      return { encode: (block) => own.encode(block), free: () => { open -= 1; own.free(); } }; // prettier-ignore
    };
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const pcm = cold(source, { a: SONG.subarray(0, 1920) });
      expectObservable(
        pcm.pipe(
          encodeOpus({ encoder }),
          map(() => 'x'),
        ),
        until === '' ? undefined : until,
      ).toBe(wanted);
      expectSubscriptions(pcm.subscriptions).toBe(subscription);
    });
    expect(open).toBe(0);
  });

  it.each([
    [2.5, 48 + 3],
    [10, 12 + 1],
    [60, 3],
  ] as const)('makes packets of %d ms, and as many behind as the look-ahead wants', (frameDuration, packets) => {
    const frames = [...encodeOpus({ frameDuration })(cut(SONG, 1920))];
    expect(frames.length).toBe(packets);
    expect(decoded(frames).length / 2).toBe(packets * frameDuration * 48);
  });

  it('errors with what the source errors with, when what was there is given', async () => {
    const source = async function* (): AsyncGenerator<Int16Array, void> {
      yield SONG.subarray(0, 2_000);
      throw new Error('cut off');
    };
    const { items, error } = await collect(encodeOpus()(source()));
    expect([items.length, (error as Error).message]).toEqual([2, 'cut off']);
  });

  it('is the end of a chain', () => {
    const frames = [...encodeOpus()(chain(volume(0.5), channels('mono'))(cut(SONG, 777)))];
    const out = side(decoded(frames)).subarray(960, 4_800);
    expect(toneLevel(out, 440)).toBeCloseTo(-18.1, 0);
  });
});

const SPEECH = Int16Array.from({ length: 4_800 }, (_, n) => 16_000 * Math.sin((2 * Math.PI * n * 300) / 24_000));

describe('resample', () => {
  it('makes 48 kHz stereo of 24 kHz mono, exactly as long, however it is cut', () => {
    const out = whole(resample(24_000, 1)(cut(SPEECH, 480)));
    expect(out.length).toBe(2 * 9_600);
    expect(toneLevel(side(out, 1), 300)).toBeCloseTo(20 * Math.log10(16_000 / 32_768), 1);
    for (const length of [1, 333, 4_800]) expect(difference(whole(resample(24_000, 1)(cut(SPEECH, length))), out)).toBe('none');
  });

  it('of 48 kHz only puts mono on both sides', () => {
    expect([...whole(resample(48_000, 1)([Int16Array.of(1, 2, 3)]))]).toEqual([1, 1, 2, 2, 3, 3]);
    expect(difference(whole(resample(48_000)(cut(SONG, 33))), SONG)).toBe('none');
    expect([...resample(16_000)([])]).toEqual([]);
  });

  it.each([[3_999], [44_100.5], [Number.NaN]])('refuses %d Hz', (rate) => expect(() => resample(rate)).toThrow(VoiceOptionsError));
  it('refuses six channels', () => expect(() => resample(48_000, 6 as never)).toThrow(/channels: must be one of 1, 2/));
});

describe('channels', () => {
  const PAIR = [Int16Array.of(1_000, 200)];
  const of = (filter: ReturnType<typeof chain>): number[] => [...whole(filter(PAIR))];
  it.each([
    ['mono', [600, 600]],
    ['left', [1_000, 1_000]],
    ['right', [200, 200]],
    ['swap', [200, 1_000]],
  ] as const)('%s', (choice, wanted) => expect(of(channels(choice))).toEqual(wanted));

  it.each([
    [-1, [1_000, 0]],
    [-0.5, [1_000, 100]],
    [0, [1_000, 200]],
    [1, [0, 200]],
  ])('balance of %d', (position, wanted) => expect(of(balance(position))).toEqual(wanted));

  it('are mixed as one says, and what is not said stays where it is', () => {
    expect(of(channelMix({}))).toEqual([1_000, 200]);
    expect(of(channelMix({ rightToLeft: -1, leftToRight: 0.5 }))).toEqual([800, 700]);
  });

  it('move while the sound goes on, without a click', () => {
    const position$ = new BehaviorSubject(-1);
    let i = 0;
    const pieces = function* (): Generator<Int16Array, void> {
      for (const piece of cut(stereo(9_600, sine(440)), 1920)) {
        if (i++ === 4) position$.next(1);
        yield piece;
      }
    };
    const out = whole(balance(position$)(pieces()));
    expect(clicks(out)).toBeLessThan(-60);
    expect([out[2], out[3], out.at(-2), out.at(-1)]).toEqual([expect.any(Number), 0, 0, out.at(-1)]);
    expect(position$.observed).toBe(false);
  });

  it.each([
    [() => channels('both' as never)],
    [() => balance(2)],
    [() => channelMix({ leftToleft: 1 } as never)],
    [() => channelMix({ leftToLeft: 1.1 })],
  ])('refuse what is none: %s', (make) => expect(make).toThrow(VoiceOptionsError));
});

describe('what is generated', () => {
  it('is as long as was said, in blocks of 20 ms', () => {
    expect([...silence({ duration: 45 })].map(({ length }) => length)).toEqual([1920, 1920, 480]);
    expect([...silence({ duration: 0 })]).toEqual([]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), (duration) => whole(tone({ duration })).length === duration * 96),
      { numRuns: 10 },
    );
  });

  it('never ends where nothing was said, and can be iterated again', () => {
    for (const sound of [silence(), tone()]) {
      for (let round = 0; round < 2; round++) {
        let blocks = 0;
        for (const block of sound) if (block.length !== 1920 || ++blocks === 100) break;
        expect(blocks).toBe(100);
      }
    }
  });

  it('is the tone that was asked for, and does not click', () => {
    const out = whole(tone({ frequency: 1_000, level: 0.5, duration: 200 }));
    expect(toneLevel(side(out).subarray(960, 8_640), 1_000)).toBeCloseTo(-6.02, 1);
    expect(clicks(Int16Array.of(...new Int16Array(600), ...out, ...new Int16Array(600)))).toBeLessThan(-60);
    expect(difference(out, filtered(chain(), stereo(9_600, noise(1))))).not.toBe('none');
  });

  it.each([
    [() => tone({ frequency: 24_000 })],
    [() => tone({ level: 2 })],
    [() => silence({ duration: -1 })],
    [() => tone({ hertz: 3 } as never)],
  ])('refuses what is none: %s', (make) => expect(make).toThrow(VoiceOptionsError));
});
