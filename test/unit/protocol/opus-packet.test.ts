import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type OpusScriptModule from 'opusscript';
import { MAX_OPUS_FRAME_BYTES, opusPacketSamples } from '../../../src/protocol/opus-packet.js';
import { FRAME_MS, slowOpusPacket } from '../../support/slow-opus-packet.js';
import { hex } from '../../vectors/read-vectors.js';

const OpusScript = createRequire(import.meta.url)('opusscript') as typeof OpusScriptModule;

/** A packet of `config` and `code` with `rest` behind its TOC byte. */
function packet(config: number, code: number, ...rest: readonly number[]): Uint8Array {
  return Uint8Array.of((config << 3) | code, ...rest);
}

const zeros = (count: number): readonly number[] => new Array<number>(count).fill(0);
/** A frame of 20 ms. */
const CELT = 31;
/** A frame of 60 ms. */
const SILK_60 = 3;

describe('how long a packet is', () => {
  it.each(FRAME_MS.map((ms, config) => ({ config, ms })))('configuration $config: $ms ms a frame', ({ config, ms }) => {
    for (const stereo of [0, 4]) {
      const toc = (code: number): number => (config << 3) | stereo | code;
      expect(opusPacketSamples(Uint8Array.of(toc(0), 1, 2)), 'code 0').toBe(48 * ms);
      expect(opusPacketSamples(Uint8Array.of(toc(1), 1, 2)), 'code 1').toBe(2 * 48 * ms);
      expect(opusPacketSamples(Uint8Array.of(toc(2), 1, 1, 2)), 'code 2').toBe(2 * 48 * ms);
      for (let count = 1; count <= 63; count++) {
        const samples = opusPacketSamples(Uint8Array.of(toc(3), count, ...zeros(count)));
        if (count * ms <= 120) expect(samples, `code 3, ${count} frames`).toBe(count * 48 * ms);
        else expect(samples, `code 3, ${count} frames`).toContain('R5');
      }
    }
  });

  it.each([
    ['f8fffe', 960],
    ['fc', 960],
    ['e0', 120],
    ['1b 02 0000', 5_760],
    ['e3 30', 5_760],
  ])('%s lasts %d samples', (bytes, samples) => {
    expect(opusPacketSamples(hex(bytes))).toBe(samples);
  });
});

describe('the requirements of RFC 6716 section 3.4', () => {
  it('R1: a packet has at least one byte', () => {
    expect(opusPacketSamples(new Uint8Array(0))).toBe('it is empty');
    expect(opusPacketSamples(packet(CELT, 0))).toBe(960);
  });

  it('R2: no frame is longer than 1275 bytes', () => {
    const max = MAX_OPUS_FRAME_BYTES;
    expect(opusPacketSamples(packet(CELT, 0, ...zeros(max)))).toBe(960);
    expect(opusPacketSamples(packet(CELT, 0, ...zeros(max + 1)))).toContain('R2');
    expect(opusPacketSamples(packet(CELT, 1, ...zeros(2 * max)))).toBe(1_920);
    expect(opusPacketSamples(packet(CELT, 1, ...zeros(2 * max + 2)))).toContain('R2');
    expect(opusPacketSamples(packet(CELT, 2, 255, 255, ...zeros(2 * max)))).toBe(1_920);
    expect(opusPacketSamples(packet(CELT, 2, 255, 255, ...zeros(2 * max + 1)))).toContain('R2');
    expect(opusPacketSamples(packet(CELT, 3, 3, ...zeros(3 * max)))).toBe(2_880);
    expect(opusPacketSamples(packet(CELT, 3, 3, ...zeros(3 * max + 3)))).toContain('R2');
    expect(opusPacketSamples(packet(CELT, 3, 0x82, 0, ...zeros(max)))).toBe(1_920);
    expect(opusPacketSamples(packet(CELT, 3, 0x82, 0, ...zeros(max + 1)))).toContain('R2');
  });

  it('R3: code 1 has two frames of equal length', () => {
    expect(opusPacketSamples(packet(CELT, 1))).toBe(1_920);
    expect(opusPacketSamples(packet(CELT, 1, 1, 2))).toBe(1_920);
    expect(opusPacketSamples(packet(CELT, 1, 1))).toContain('R3');
    expect(opusPacketSamples(packet(CELT, 1, 1, 2, 3))).toContain('R3');
  });

  it('R4: code 2 says the length of its first frame, and has as many bytes', () => {
    expect(opusPacketSamples(packet(CELT, 2))).toContain('R4');
    expect(opusPacketSamples(packet(CELT, 2, 0))).toBe(1_920);
    expect(opusPacketSamples(packet(CELT, 2, 1))).toContain('R4');
    expect(opusPacketSamples(packet(CELT, 2, 252))).toContain('R4');
    expect(opusPacketSamples(packet(CELT, 2, 252, 0, ...zeros(252)))).toBe(1_920);
    expect(opusPacketSamples(packet(CELT, 2, 252, 0, ...zeros(251)))).toContain('R4');
    expect(opusPacketSamples(packet(CELT, 2, 253, 1, ...zeros(257)))).toBe(1_920);
    expect(opusPacketSamples(packet(CELT, 2, 253, 1, ...zeros(256)))).toContain('R4');
  });

  it('R5: code 3 has one frame at least and lasts 120 ms at most', () => {
    expect(opusPacketSamples(packet(CELT, 3, 0))).toContain('R5');
    expect(opusPacketSamples(packet(CELT, 3, 6))).toBe(5_760);
    expect(opusPacketSamples(packet(CELT, 3, 7))).toContain('R5');
    expect(opusPacketSamples(packet(SILK_60, 3, 2))).toBe(5_760);
    expect(opusPacketSamples(packet(SILK_60, 3, 3))).toContain('R5');
    expect(opusPacketSamples(packet(28, 3, 48))).toBe(5_760);
    expect(opusPacketSamples(packet(28, 3, 49))).toContain('R5');
  });

  it('R6: constant code 3 has its count, its padding, and frames of equal length', () => {
    expect(opusPacketSamples(packet(CELT, 3))).toContain('R6');
    expect(opusPacketSamples(packet(CELT, 3, 2, 1, 2, 3, 4))).toBe(1_920);
    expect(opusPacketSamples(packet(CELT, 3, 2, 1, 2, 3))).toContain('R6');
    expect(opusPacketSamples(packet(CELT, 3, 0x42))).toContain('R6');
    expect(opusPacketSamples(packet(CELT, 3, 0x42, 0))).toBe(1_920);
    expect(opusPacketSamples(packet(CELT, 3, 0x42, 1, 9))).toBe(1_920);
    expect(opusPacketSamples(packet(CELT, 3, 0x42, 2, 9))).toContain('R6');
    expect(opusPacketSamples(packet(CELT, 3, 0x42, 1, 1, 2, 9))).toBe(1_920);
    expect(opusPacketSamples(packet(CELT, 3, 0x42, 1, 1, 2))).toContain('R6');
    expect(opusPacketSamples(packet(CELT, 3, 0x42, 255))).toContain('R6');
  });

  it('R6: a padding length byte of 255 counts 254 and goes on', () => {
    expect(opusPacketSamples(packet(CELT, 3, 0x41, 255, 0, ...zeros(254)))).toBe(960);
    expect(opusPacketSamples(packet(CELT, 3, 0x41, 255, 0, ...zeros(253)))).toContain('R6');
    expect(opusPacketSamples(packet(CELT, 3, 0x41, 255, 255, 1, ...zeros(509)))).toBe(960);
    expect(opusPacketSamples(packet(CELT, 3, 0x41, 255, 255, 1, ...zeros(508)))).toContain('R6');
    expect(opusPacketSamples(packet(CELT, 3, 0x41, 254, ...zeros(254)))).toBe(960);
  });

  it('R7: variable code 3 has all lengths but the last, and as many bytes', () => {
    expect(opusPacketSamples(packet(CELT, 3, 0x81))).toBe(960);
    expect(opusPacketSamples(packet(CELT, 3, 0x82))).toContain('R7');
    expect(opusPacketSamples(packet(CELT, 3, 0x82, 0))).toBe(1_920);
    expect(opusPacketSamples(packet(CELT, 3, 0x83, 1, 2, 1, 2, 2))).toBe(2_880);
    expect(opusPacketSamples(packet(CELT, 3, 0x83, 1, 2, 1, 2))).toContain('R7');
    expect(opusPacketSamples(packet(CELT, 3, 0x82, 252))).toContain('R7');
    expect(opusPacketSamples(packet(CELT, 3, 0xc2, 2, 1, 1, 9, 9))).toBe(1_920);
    expect(opusPacketSamples(packet(CELT, 3, 0xc2, 3, 1, 9, 9, 9))).toContain('R7');
    // The second byte of the length is padding.
    expect(opusPacketSamples(packet(CELT, 3, 0xc2, 1, 252, 0))).toContain('R7');
  });
});

describe('the slow twin', () => {
  /** Packets that are valid or nearly so: a TOC byte, plausible counts and lengths, and bodies of about the stated length. */
  const structured = fc
    .record({
      config: fc.nat(31),
      code: fc.nat(3),
      count: fc.oneof(fc.nat(7), fc.nat(63)),
      flags: fc.constantFrom(0, 0x40, 0x80, 0xc0),
      lengths: fc.array(fc.constantFrom(0, 1, 2, 5, 251, 252, 253, 255), { maxLength: 8 }),
      body: fc.oneof(fc.nat(60), fc.nat(2_600), fc.constantFrom(1_275, 1_276, 2_550, 2_552, 3_825, 3_828)),
    })
    .map(({ config, code, count, flags, lengths, body }) =>
      packet(config, code, ...(code === 3 ? [flags | count] : []), ...(code > 1 ? lengths : []), ...zeros(body)),
    );
  const small = fc.uint8Array({ maxLength: 12 });
  const cut = fc.tuple(structured, fc.nat(40)).map(([bytes, length]) => bytes.subarray(0, length));

  it('agrees on 20 000 random and structured packets', () => {
    const seen = { sound: 0, broken: 0 };
    fc.assert(
      fc.property(fc.oneof(structured, small, cut), (bytes) => {
        const [fast, slow] = [opusPacketSamples(bytes), slowOpusPacket(bytes)];
        if ('broken' in slow) {
          seen.broken++;
          if (typeof fast === 'number') expect.fail(`${slow.broken} is broken, yet ${fast} samples`);
        } else {
          seen.sound++;
          if (fast !== slow.samples) expect.fail(`${slow.samples} samples, yet ${fast}`);
        }
      }),
      { numRuns: 20_000 },
    );
    expect(seen.sound).toBeGreaterThan(2_000);
    expect(seen.broken).toBeGreaterThan(2_000);
  });
});

describe('packets of a real encoder', () => {
  // 2.5, 5, 10, 20 and 40 ms. At 60 ms opusscript runs out of its WebAssembly stack in some settings: it crashes or hangs.
  it.each([120, 240, 480, 960, 1_920])('%d samples', (samples) => {
    for (const channels of [1, 2]) {
      const encoder = new OpusScript(48_000, channels, OpusScript.Application.AUDIO);
      const pcm = Buffer.alloc(samples * channels * 2);
      for (let i = 0; i < samples * channels; i++) pcm.writeInt16LE(Math.round(9_000 * Math.sin(i / 9)), 2 * i);
      encoder.setBitrate(64_000);
      for (let packets = 0; packets < 3; packets++)
        expect(opusPacketSamples(encoder.encode(pcm, samples)), `${channels} channels`).toBe(samples);
      encoder.delete();
    }
  });
});
