import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { encodeWav, WavWriter, type FileChunk } from '../../../../src/audio/index.js';
import { parseWav } from '../../../support/recordings.js';

/** The file after these chunks are written. */
function fileOf(chunks: readonly FileChunk[]): Uint8Array {
  const file = new Uint8Array(chunks.reduce((end, { bytes, position }) => Math.max(end, position + bytes.length), 0));
  for (const { bytes, position } of chunks) file.set(bytes, position);
  return file;
}

const step = fc.oneof(
  fc.int16Array({ maxLength: 400 }).map((pcm) => pcm.subarray(0, pcm.length & ~1)),
  fc.nat(900).map((silence) => silence),
  fc.nat(900).map((skip) => ({ skip })),
  fc.constant('flush' as const),
);

describe('a WAV file that grows', () => {
  it('is at the end what encodeWav makes of the whole, and sound after every chunk', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const writer = new WavWriter({ sampleRate: 200 });
        const chunks = [...writer.header()];
        const whole: Int16Array[] = [];
        for (const one of steps) {
          if (one === 'flush') chunks.push(...writer.flush());
          else if (typeof one === 'number') chunks.push(...writer.silence(one));
          else if ('skip' in one) chunks.push(...writer.skip(one.skip));
          else chunks.push(...writer.write(one));
          if (one !== 'flush') whole.push(typeof one === 'number' ? new Int16Array(2 * one) : 'skip' in one ? new Int16Array(2 * one.skip) : one);
        }
        chunks.push(...writer.end());
        expect(Buffer.compare(fileOf(chunks), encodeWav(whole, { sampleRate: 200 }))).toBe(0);
        expect(writer.samples).toBe(writer.samplesOut);
        const all = parseWav(fileOf(chunks)).pcm;
        for (let count = 1; count <= chunks.length; count++) {
          const { pcm } = parseWav(fileOf(chunks.slice(0, count)));
          expect(pcm.join()).toBe(all.subarray(0, pcm.length).join());
        }
      }),
      { seed: 20_261_121, numRuns: 150 },
    );
  });

  it('gives a second at a time, and a header that counts it', () => {
    const writer = new WavWriter();
    const frame = new Int16Array(1920).fill(7);
    const chunks = Array.from({ length: 149 }, () => writer.write(frame));
    expect(chunks.flatMap((given, i) => (given.length > 0 ? [i] : []))).toEqual([49, 99]);
    expect(chunks[99]!.map(({ bytes, position }) => [position, bytes.length])).toEqual([[44 + 192_000, 192_000], [0, 44]]); // prettier-ignore
    expect(writer.samplesOut).toBe(96_000);
  });

  it('has holes that cost nothing, and are counted when something lies behind them', () => {
    const writer = new WavWriter();
    const frame = new Int16Array(1_920).fill(7);
    const chunks = [...writer.write(frame), ...writer.skip(48_000 * 3_600), ...writer.write(frame), ...writer.end()];
    expect(chunks.map(({ bytes, position }) => [position, bytes.length])).toEqual([
      [44, 3_840],
      [0, 44],
      [44 + 3_840 + 192_000 * 3_600, 3_840],
      [0, 44],
    ]);
    expect(writer.samplesOut).toBe(48_000 * 3_600 + 1_920);
    writer.skip(48_000);
    expect(writer.end().map(({ bytes, position }) => [position, bytes.length])).toEqual([[44 + 7_680 + 192_000 * 3_601, 0], [0, 44]]); // prettier-ignore
    expect(writer.end()).toEqual([]);
    expect(() => writer.skip(2 ** 32)).toThrow(/room for/);
  });

  it('gives chunks that are not touched any more', () => {
    const writer = new WavWriter({ sampleRate: 4, channels: 1 });
    const [first] = writer.write(Int16Array.of(1, 2, 3, 4));
    const before = first!.bytes.slice();
    writer.write(Int16Array.of(5, 6, 7, 8));
    expect(first!.bytes).toEqual(before);
  });
});

describe('the limit of 4 GiB', () => {
  it('is told as room, and never passed', () => {
    const writer = new WavWriter({ sampleRate: 10, channels: 1, maxBytes: 44 + 25 * 2 + 1 });
    expect(writer.room).toBe(25);
    writer.silence(20);
    expect(writer.room).toBe(5);
    expect(() => writer.write(new Int16Array(6))).toThrow(/room for 5 more/);
    expect(() => writer.silence(6)).toThrow(RangeError);
    writer.write(new Int16Array(5));
    expect(writer.room).toBe(0);
  });

  it('is 6.2 hours of 48 kHz stereo', () => {
    expect(new WavWriter().room / 48_000 / 3_600).toBeCloseTo(6.2, 1);
  });

  it.each([{ maxBytes: 2 ** 32 }, { maxBytes: 44 }, { maxBytes: Number.NaN }, { channels: 0 }, { sampleRate: 1.5 }])('%o is refused', (options) => {
    expect(() => new WavWriter(options)).toThrow(VoiceOptionsError);
  });

  it('samples that are no whole frames are refused', () => {
    expect(() => new WavWriter().write(new Int16Array(3))).toThrow('whole number of frames');
  });
});
