import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Resampler } from '../../../../src/audio/index.js';
import { PcmBlocks } from '../../../../src/audio/pcm/blocks.js';
import { PcmConverter, type PcmFormat } from '../../../../src/audio/pcm/converter.js';
import { channelOf, SAMPLE_BYTES, type SampleFormat } from '../../../../src/audio/pcm/samples.js';

const RATES = [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 88_200, 96_000, 192_000];

const sine = (hertz: number, rate: number, seconds = 1): Float32Array =>
  Float32Array.from({ length: rate * seconds }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / rate));

function resampled(input: Float32Array, rate: number, piece = rate / 50): Float32Array {
  const resampler = new Resampler(rate);
  const out: number[] = [];
  for (let at = 0; at < input.length; at += piece) out.push(...resampler.push(input.subarray(at, at + piece)));
  out.push(...resampler.flush());
  return Float32Array.from(out);
}

/** By least squares: the level of the tone, and of everything else, both in decibels relative to the input tone. */
function measure(output: Float32Array, hertz: number): { gain: number; rest: number } {
  const samples = output.subarray(4_800, output.length - 4_800);
  const [sines, cosines] = [new Float64Array(samples.length), new Float64Array(samples.length)];
  let [ss, sc, cc, sx, cx] = [0, 0, 0, 0, 0];
  for (let i = 0; i < samples.length; i++) {
    const s = (sines[i] = Math.sin((2 * Math.PI * hertz * i) / 48_000));
    const c = (cosines[i] = Math.cos((2 * Math.PI * hertz * i) / 48_000));
    const x = samples[i]!;
    ss += s * s;
    sc += s * c;
    cc += c * c;
    sx += s * x;
    cx += c * x;
  }
  const determinant = ss * cc - sc * sc;
  const [a, b] = [(sx * cc - cx * sc) / determinant, (cx * ss - sx * sc) / determinant];
  const error = samples.reduce((sum, x, i) => sum + (x - a * sines[i]! - b * cosines[i]!) ** 2, 0) / samples.length;
  return { gain: 20 * Math.log10(Math.hypot(a, b) / 0.5), rest: 10 * Math.log10(error / 0.125 + 1e-20) };
}

describe('a resampler', () => {
  it.each(RATES)('from %d Hz passes a tone as it is, and adds less than −80 dB: images and alias', (rate) => {
    for (const share of [0.02, 0.1, 0.33, 0.5, 0.7, 0.8]) {
      const hertz = Math.round((Math.min(rate, 48_000) / 2) * share);
      const { gain, rest } = measure(resampled(sine(hertz, rate), rate), hertz);
      expect({ hertz, gain: Math.abs(gain) < 0.05, rest: rest < -80 }).toEqual({ hertz, gain: true, rest: true });
    }
  });

  it.each([88_200, 96_000, 192_000])('from %d Hz lets nothing through that 48 kHz cannot hold: it would come back as another tone', (rate) => {
    for (const hertz of [25_000, 28_000, 33_000, 40_000]) {
      const output = resampled(sine(hertz, rate), rate).subarray(4_800, 43_200);
      const alias = 10 * Math.log10(output.reduce((sum, x) => sum + x * x, 0) / output.length / 0.125);
      expect({ hertz, stopped: alias < -75 }).toEqual({ hertz, stopped: true });
    }
  });

  it.each([16_000, 44_100, 96_000])('from %d Hz has no delay: sample n is the sound of n / 48 000 s', (rate) => {
    const output = resampled(sine(300, rate), rate);
    for (let i = 4_800; i < 9_600; i += 97) expect(output[i]).toBeCloseTo(0.5 * Math.sin((2 * Math.PI * 300 * i) / 48_000), 3);
  });

  it('is as long as the sound, to the sample, whatever the rate and the pieces', () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 12 });
    const check = (rate: number, pieces: number[]): void => {
      const resampler = new Resampler(rate);
      const given = pieces.reduce((sum, length) => sum + resampler.push(new Float32Array(length)).length, 0) + resampler.flush().length;
      const taken = pieces.reduce((sum, length) => sum + length, 0);
      expect(given).toBe(Math.ceil((taken * 48_000) / rate));
    };
    fc.assert(fc.property(fc.constantFrom(...RATES, 12_345, 47_999), lengths, check), { seed: 20_261_129, numRuns: 120 });
  });

  it('gives the same whatever the pieces', () => {
    const input = sine(700, 44_100, 0.1);
    const whole = [...resampled(input, 44_100, input.length)];
    for (const piece of [1, 3, 100, 441]) expect([...resampled(input, 44_100, piece)]).toEqual(whole);
  });

  it('takes a rate that has nothing in common with 48 000', () => {
    const { gain, rest } = measure(resampled(sine(1_000, 47_999), 47_999, 960), 1_000);
    expect(Math.abs(gain)).toBeLessThan(0.05);
    expect(rest).toBeLessThan(-75);
  });

  it.each([0, -1, 3_999, 768_001, 44_100.5, Number.NaN])('refuses %d Hz', (rate) => {
    expect(() => new Resampler(rate)).toThrow(RangeError);
  });
});

describe('PCM of any form', () => {
  const bytesOf = (format: SampleFormat, values: readonly number[]): Uint8Array => {
    const bytes = new Uint8Array(values.length * SAMPLE_BYTES[format]);
    const view = new DataView(bytes.buffer);
    values.forEach((value, i) => {
      const at = i * SAMPLE_BYTES[format];
      if (format === 'u8') view.setUint8(at, Math.round(value * 128) + 128);
      else if (format === 's16') view.setInt16(at, Math.round(value * 32_768), true);
      else if (format === 's24') [0, 1, 2].forEach((n) => view.setUint8(at + n, (Math.round(value * 8_388_608) >> (8 * n)) & 255));
      else if (format === 's32') view.setInt32(at, Math.round(value * 2_147_483_648), true);
      else if (format === 'f32') view.setFloat32(at, value, true);
      else view.setFloat64(at, value, true);
    });
    return bytes;
  };

  it.each<SampleFormat>(['u8', 's16', 's24', 's32', 'f32', 'f64'])('is read: %s', (format) => {
    const values = [0, 0.5, -0.5, 0.25, -1, -0.125];
    expect([...channelOf(bytesOf(format, values), format, 1, 0)]).toEqual(values);
    expect([...channelOf(bytesOf(format, values), format, 2, 1)]).toEqual([0.5, 0.25, -0.125]);
  });

  it('of 48 kHz and 16 bits comes out as it went in, cut anywhere', () => {
    const stereo: PcmFormat = { sampleRate: 48_000, channels: 2, format: 's16' };
    const samples = Int16Array.from({ length: 400 }, (_, i) => ((i * 7_919) % 65_536) - 32_768);
    const bytes = new Uint8Array(samples.buffer);
    for (const piece of [1, 3, 5, 1_000]) {
      const converter = new PcmConverter(stereo);
      const out: number[] = [];
      for (let at = 0; at < bytes.length; at += piece) out.push(...converter.push(bytes.subarray(at, at + piece)));
      expect([...out, ...converter.flush()]).toEqual([...samples]);
      expect(converter.open).toBe(0);
    }
    const begun = new PcmConverter(stereo);
    begun.push(bytes.subarray(0, 5));
    expect(begun.open).toBe(3);
  });

  it('of mono is heard on both sides; what is too loud is cut off, what is no number is silent', () => {
    const converter = new PcmConverter({ sampleRate: 48_000, channels: 1, format: 'f32' });
    expect([...converter.push(bytesOf('f32', [0.5, 7, -7, Number.NaN]))]).toEqual([16_384, 16_384, 32_767, 32_767, -32_768, -32_768, 0, 0]);
  });

  it('of another form is refused', () => {
    const good: PcmFormat = { sampleRate: 48_000, channels: 1, format: 's16' };
    expect(() => new PcmConverter({ ...good, channels: 3 as 2 })).toThrow('channels must be 1 or 2');
    expect(() => new PcmConverter({ ...good, format: 's12' as 's16' })).toThrow('u8, s16, s24');
    expect(() => new PcmConverter({ ...good, sampleRate: 0 })).toThrow(RangeError);
  });
});

it('blocks are 20 ms, the last what is left, and nothing is lost between', () => {
  const check = (lengths: number[]): void => {
    const blocks = new PcmBlocks();
    const all = Int16Array.from({ length: lengths.reduce((sum, length) => sum + length, 0) }, (_, i) => i % 32_768);
    const out: Int16Array[] = [];
    let at = 0;
    for (const length of lengths) {
      out.push(...blocks.push(all.subarray(at, at + length)));
      at += length;
    }
    expect(out.every(({ length }) => length === 1_920)).toBe(true);
    expect([...out, blocks.flush()].flatMap((block) => [...block])).toEqual([...all]);
    expect(blocks.flush().length).toBe(0);
  };
  fc.assert(fc.property(fc.array(fc.nat(5_000), { maxLength: 6 }), check), { seed: 20_261_129, numRuns: 40 });
});
