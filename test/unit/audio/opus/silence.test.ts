import { describe, expect, it } from 'vitest';
import { createOpusDecoder } from '../../../../src/audio/index.js';
import { isStereoPacket, opusNothing, opusSilence } from '../../../../src/audio/opus/silence.js';
import { opusPacketSamples } from '../../../../src/protocol/opus-packet.js';
import { isSilenceFrame } from '../../../../src/protocol/silence.js';
import { toneFrames } from '../recorder/stage.js';

describe('silence', () => {
  it.each([
    [960, 960],
    [5_000_000, 960],
    [959, 480],
    [480, 480],
    [360, 240],
    [239, 120],
    [120, 120],
  ])('for a gap of %i samples lasts %i', (gap, samples) => {
    for (const stereo of [false, true]) {
      const silence = opusSilence(gap, stereo);
      expect(silence.samples).toBe(samples);
      expect(opusPacketSamples(silence.packet)).toBe(samples);
      expect(isStereoPacket(silence.packet)).toBe(stereo);
    }
  });

  it("of 20 ms mono is Discord's own", () => {
    expect(isSilenceFrame(opusSilence(960, false).packet)).toBe(true);
  });

  it.each([960, 480, 240, 120])('of %i samples is silence to libopus', (samples) => {
    for (const stereo of [false, true]) {
      const decoder = createOpusDecoder();
      expect(decoder.decode(opusSilence(samples, stereo).packet)).toEqual(new Int16Array(2 * samples));
      decoder.free();
    }
  });
});

describe('nothing', () => {
  it.each([0x00, 0x4b, 0xf8, 0xfc, 0xfd, 0xff])('like a packet of TOC %i is a packet of one frame in its mode', (toc) => {
    const nothing = opusNothing(Uint8Array.of(toc, 6, 1, 2, 3));
    expect(nothing).toHaveLength(1);
    expect(nothing[0]! >> 2).toBe(toc >> 2);
    expect(opusPacketSamples(nothing)).toBe(opusPacketSamples(Uint8Array.of(toc & 0xfc)));
  });

  it('in place of a loss keeps speech loud, where silence would not', () => {
    const tone = toneFrames(20, 500);
    const after = (standIn: Uint8Array): number => {
      const decoder = createOpusDecoder();
      for (const frame of tone.slice(0, 10)) decoder.decode(frame);
      decoder.decode(standIn);
      const [next] = tone.slice(11, 13).map((frame) => decoder.decode(frame).reduce((most, sample) => Math.max(most, sample), 0));
      decoder.free();
      return next!;
    };
    expect(after(opusNothing(tone[9]!))).toBeGreaterThan(9_000);
    expect(after(opusSilence(960, true).packet)).toBeLessThan(4_000);
  });
});
