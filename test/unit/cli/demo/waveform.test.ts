import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../../src/cli/terminal/text.js';
import { asciiWaveform, peakEnvelope } from '../../../../src/cli/demo/waveform.js';

const seconds = (n: number, level: (t: number) => number): Int16Array =>
  Int16Array.from({ length: n * 1000 * 2 }, (_, i) => level(Math.floor(i / 2) / 1000) * (i % 4 < 2 ? 32_767 : -32_768));

describe('a waveform', () => {
  it('rises from the bottom, over a time axis', () => {
    const picture = asciiWaveform(seconds(4, (t) => t / 4), { columns: 20, rows: 2, channels: 2, sampleRate: 1000 });
    expect(picture).toEqual([
      '          ▁▂▂▃▄▅▆▆▇█',
      '▁▂▂▃▄▅▆▆▇███████████',
      '┴─────────┴─────────',
      '0:00      0:02      ',
    ]);
  });

  it('may lie around a middle line', () => {
    const picture = asciiWaveform(seconds(2, (t) => (t < 1 ? 0.5 : 1)), {
      columns: 8,
      rows: 4,
      channels: 2,
      sampleRate: 1000,
      mirrored: true,
    });
    expect(picture.slice(0, 4)).toEqual(['    ████', '████████', '████████', '    ████']);
  });

  it('shows the least sound, and nothing for silence', () => {
    const options = { columns: 4, rows: 2, channels: 2 };
    expect(asciiWaveform(new Int16Array(800), options)[1]).toBe('    ');
    expect(asciiWaveform(new Int16Array(800).fill(1), options).slice(0, 2)).toEqual(['    ', '▁▁▁▁']);
    expect(asciiWaveform(new Int16Array(0), options)[1]).toBe('    ');
  });

  it('takes the louder channel, and the most negative sample for what it is', () => {
    expect(peakEnvelope(Int16Array.of(0, -32_768, 5, 7), 2, 2)).toEqual([32_768, 7]);
  });

  it('has lines of exactly the width asked for, coloured or not, whatever the sound', () => {
    fc.assert(
      fc.property(
        fc.int16Array({ maxLength: 500 }),
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(1, 2),
        fc.boolean(),
        fc.constantFrom(10, 1000, 48_000),
        (pcm, columns, rows, channels, mirrored, sampleRate) => {
          const options = { columns, rows, channels, mirrored, sampleRate };
          const plain = asciiWaveform(pcm, options);
          const coloured = asciiWaveform(pcm, { ...options, colour: true });
          expect(plain).toHaveLength(rows + 2);
          for (const line of plain) expect([...line]).toHaveLength(columns);
          for (const line of coloured) expect(columnsOf(line)).toBe(columns);
        },
      ),
      { seed: 20_261_121, numRuns: 500 },
    );
  });
});
