import { afterEach, describe, expect, it } from 'vitest';
import { createOpusDecoder, createOpusEncoder, OpusDecoderError, type OpusDecoder, type OpusEncoderOptions } from '../../../../src/audio/index.js';
import { hasFec } from '../../../../src/audio/opus/fec.js';
import { Concealment } from '../../../../src/audio/opus/concealment.js';
import { snr } from '../real-sound.js';
import { rms, strength, tone, toneFrames } from '../voice-packets.js';

const decoders: OpusDecoder[] = [];
const opened = (): OpusDecoder => {
  const decoder = createOpusDecoder();
  decoders.push(decoder);
  return decoder;
};
afterEach(() => {
  for (const decoder of decoders.splice(0)) decoder.free();
});

const CODINGS: readonly [string, OpusEncoderOptions][] = [
  ['music (CELT)', { bitrate: 96_000 }],
  ['speech (SILK)', { bitrate: 16_000, application: 'voip' }],
];

describe.each(CODINGS)('the decoder conceals %s', (_what, options) => {
  it('with the sound there was, ever fainter', () => {
    const decoder = opened();
    for (const frame of toneFrames(20, 440, options)) decoder.decode(frame);
    const made = Array.from({ length: 20 }, () => decoder.conceal(960));
    expect(made.map((pcm) => pcm.length)).toEqual(made.map(() => 1920));
    expect(strength(made[0]!, 440)).toBeGreaterThan(6_000);
    expect(rms(made[4]!)).toBeLessThan(rms(made[0]!));
    expect(rms(made[19]!)).toBeLessThan(0.2 * rms(made[0]!));
  });

  it('and comes back to the truth with the next packets', () => {
    const decoder = opened();
    const frames = toneFrames(30, 440, options);
    frames.slice(0, 15).forEach((frame) => decoder.decode(frame));
    decoder.conceal(960);
    const after = frames.slice(16).map((frame) => decoder.decode(frame));
    expect(strength(after.at(-1)!, 440)).toBeGreaterThan(10_000);
  });

  it.each([120, 240, 360, 480, 960, 1_080, 1_920, 2_880, 5_760])('for exactly %i samples', (samples) => {
    const decoder = opened();
    for (const frame of toneFrames(5, 440, options)) decoder.decode(frame);
    expect(decoder.conceal(samples)).toHaveLength(2 * samples);
  });
});

describe('the decoder', () => {
  it('conceals with silence before its first packet, and the same in memory used before', () => {
    const first = opened();
    for (const frame of toneFrames(5)) first.decode(frame);
    first.conceal(960);
    first.free();
    expect(opened().conceal(960)).toEqual(new Int16Array(1920));
  });

  it.each([0, -120, 100, 121, 5_880, 0.5, NaN, Infinity])('refuses to conceal %d samples', (samples) => {
    expect(() => opened().conceal(samples)).toThrow(OpusDecoderError);
    expect(() => opened().conceal(samples)).toThrow('cannot be concealed');
  });

  it('says so when it is to conceal after free()', () => {
    const decoder = opened();
    decoder.free();
    expect(() => decoder.conceal(960)).toThrow('freed');
  });
});

describe('concealment for codecs that have none', () => {
  it('goes on from the last sample without a step, and is gone after 60 ms', () => {
    const concealment = new Concealment();
    const last = tone(440, 960);
    concealment.remember(last);
    const made = [concealment.conceal(960), concealment.conceal(960), concealment.conceal(960), concealment.conceal(960)];
    const all = [...last, ...made.flatMap((pcm) => [...pcm])].filter((_, i) => i % 2 === 0);
    const step = (from: number, to: number): number => Math.max(...all.slice(from, to).map((s, i) => Math.abs(s - all[from + i - 1]!)));
    // A repetition that is not reversed would step by up to the tone's amplitude.
    expect(step(900, 4 * 960)).toBeLessThanOrEqual(step(1, 900) * 1.1);
    expect(rms(made[0]!)).toBeGreaterThan(rms(made[1]!));
    expect(rms(made[2]!)).toBeGreaterThan(0);
    expect(made[3]).toEqual(new Int16Array(1920));
  });

  it('is silent before the first frame, and starts anew after each', () => {
    const concealment = new Concealment();
    expect(concealment.conceal(120)).toEqual(new Int16Array(240));
    concealment.remember(tone(440, 960));
    const first = concealment.conceal(480);
    concealment.conceal(4_800);
    concealment.remember(tone(440, 960));
    expect(concealment.conceal(480)).toEqual(first);
  });
});

describe('in-band FEC', () => {
  // A warble: LBRR is only coded where there is speech.
  it('is found in the packets of an encoder that was told of loss, and in no other', () => {
    const speech = (packetLoss: number): boolean[] => toneFrames(40, 220, { bitrate: 24_000, application: 'voip', packetLoss }).map(hasFec);
    expect(speech(30).filter(Boolean).length).toBeGreaterThan(20);
    expect(speech(0)).not.toContain(true);
  });

  it.each([
    ['nothing', []],
    ['a TOC alone', [0x08]],
    ['CELT', [0xf8, 0xff, 0xfe]],
    ['several frames, of which the first has none', [0x09, 0x80, 0, 0xff, 0xff]],
    ['several frames that are cut off', [0x0b, 0xc2, 200, 1]],
    ['a frame without data among several', [0x0b, 0x82, 0]],
    ['a frame without the flag', [0x08, 0x80, 0]],
  ])('is not in %s', (_what, bytes) => {
    expect(hasFec(Uint8Array.from(bytes))).toBe(false);
  });

  it.each([
    ['mono of 20 ms', [0x08, 0x40]],
    ['the side channel of stereo', [0x0c, 0x10]],
    ['mono of 40 ms', [0x10, 0x20]],
    ['mono of 60 ms', [0x18, 0x10]],
    ['the first of two of one length', [0x09, 0x40, 0]],
    ['the first of two of their own lengths', [0x0a, 2, 0x40, 0]],
    ['the first of three of one length', [0x0b, 3, 0x40, 0, 0, 0]],
    ['the first of three, with padding', [0x0b, 0x43, 2, 0x40, 0, 0]],
    ['the first of two, with padding and their own lengths', [0x0b, 0xc2, 1, 2, 0x40, 0, 0]],
  ])('is in %s with the flag', (_what, bytes) => {
    expect(hasFec(Uint8Array.from([...bytes, 0, 0]))).toBe(true);
  });

  it('is read from the first frame of a longer packet: the end of the loss is as it was', () => {
    for (const frameDuration of [40, 80] as const) {
      const encoder = createOpusEncoder({ application: 'voip', signal: 'voice', bitrate: 40_000, packetLoss: 30, frameDuration });
      const samples = frameDuration * 48;
      const packets = Array.from({ length: 12 }, (_, n) => encoder.encode(tone(220, samples, n * samples)));
      encoder.free();
      const next = packets.findLastIndex(hasFec);
      expect(next).toBeGreaterThan(3);
      const [whole, copied] = [opened(), opened()];
      for (const bytes of packets.slice(0, next - 1)) [whole, copied].forEach((decoder) => decoder.decode(bytes));
      const [wanted, got] = [whole.decode(packets[next - 1]!), copied.decodeFec(packets[next]!, samples)];
      expect(got).toHaveLength(wanted.length);
      expect(snr(wanted.subarray(-1_920), got.subarray(-1_920))).toBeGreaterThan(12);
    }
  });
});
