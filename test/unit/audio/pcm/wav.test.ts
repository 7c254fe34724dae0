import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeWav } from '../../../../src/audio/index.js';

describe('a WAV file', () => {
  it('is this, byte for byte', () => {
    const file = encodeWav([Int16Array.of(1, -2), Int16Array.of(256, -32_768)], { sampleRate: 48_000, channels: 2 });
    expect(Buffer.from(file).toString('hex')).toBe(
      '52494646' + '2c000000' + '57415645' + '666d7420' + '10000000' + '0100' + '0200' + '80bb0000' + '00ee0200' + '0400' + '1000' +
        '64617461' + '08000000' + '0100' + 'feff' + '0001' + '0080',
    );
  });

  it('holds every sample of every chunk in order', () => {
    fc.assert(
      fc.property(fc.array(fc.int16Array({ maxLength: 50 }), { maxLength: 6 }), (chunks) => {
        const file = encodeWav(chunks, { channels: 1, sampleRate: 8_000 });
        const view = new DataView(file.buffer);
        const all = chunks.flatMap((chunk) => [...chunk]);
        expect(view.getUint32(40, true)).toBe(2 * all.length);
        expect(view.getUint32(4, true)).toBe(file.length - 8);
        expect(all.map((_, i) => view.getInt16(44 + 2 * i, true))).toEqual(all);
      }),
      { seed: 20_261_121, numRuns: 200 },
    );
  });

  it('takes a generator, and 48 kHz stereo unless told otherwise', () => {
    function* chunks(): Generator<Int16Array> {
      yield Int16Array.of(5, 6);
    }
    const view = new DataView(encodeWav(chunks()).buffer);
    expect([view.getUint16(22, true), view.getUint32(24, true), view.getInt16(46, true)]).toEqual([2, 48_000, 6]);
  });

  it('refuses what would make a broken file', () => {
    expect(() => encodeWav([Int16Array.of(1)], { channels: 2 })).toThrow(RangeError);
    expect(() => encodeWav([], { channels: 0 })).toThrow('channels');
    expect(() => encodeWav([], { sampleRate: 44.1 })).toThrow('sampleRate');
  });
});
