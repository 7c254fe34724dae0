import { describe, expect, it } from 'vitest';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { createOpusDecoder, createOpusEncoder, OpusEncoderError } from '../../../../src/audio/index.js';
import { opusPacketSamples } from '../../../../src/protocol/opus-packet.js';
import { rms, strength, tone, toneFrames } from '../voice-packets.js';

describe('an encoder', () => {
  it('gives packets that decode to what went in: the same frequency, as strong', () => {
    const decoder = createOpusDecoder();
    const heard = toneFrames(20, 1_000)
      .map((frame) => decoder.decode(frame))
      .slice(10);
    decoder.free();
    const pcm = Int16Array.from(heard.flatMap((frame) => [...frame]));
    expect(strength(pcm, 1_000)).toBeGreaterThan(11_000);
    expect(strength(pcm, 1_000)).toBeLessThan(13_000);
    expect(rms(pcm)).toBeLessThan(12_000 / Math.SQRT2 / 0.95);
    for (const other of [500, 900, 1_100, 2_000]) expect(strength(pcm, other)).toBeLessThan(150);
  });

  it('keeps left and right apart, and takes the whole range of 16 bits', () => {
    const encoder = createOpusEncoder({ bitrate: 256_000 });
    const decoder = createOpusDecoder();
    let pcm = new Int16Array(0);
    for (let frame = 0; frame < 10; frame++) {
      const input = tone(400, 960, frame * 960, 32_767);
      for (let i = 1; i < input.length; i += 2) input[i] = 0;
      pcm = new Int16Array(decoder.decode(encoder.encode(input)));
    }
    encoder.free();
    decoder.free();
    expect(rms(pcm.filter((_, i) => i % 2 === 0))).toBeGreaterThan(21_000);
    expect(rms(pcm.filter((_, i) => i % 2 === 1))).toBeLessThan(2_000);
  });

  it.each([120, 240, 480, 960, 1_920, 2_880, 3_840, 4_800, 5_760])('takes frames of %i samples', (samples) => {
    const encoder = createOpusEncoder();
    expect(opusPacketSamples(encoder.encode(tone(440, samples)))).toBe(samples);
    encoder.free();
  });

  it.each([0, 1, 959, 1_919, 1_921, 2_880, 11_640])('refuses %i numbers, says what to do, and goes on', (length) => {
    const encoder = createOpusEncoder();
    expect(() => encoder.encode(new Int16Array(length))).toThrow(OpusEncoderError);
    expect(() => encoder.encode(new Int16Array(length))).toThrow('pieces of 1920');
    expect(opusPacketSamples(encoder.encode(new Int16Array(1920)))).toBe(960);
    encoder.free();
  });

  it('keeps to its bitrate', () => {
    const bytes = (bitrate: number): number => toneFrames(50, 700, { bitrate }).reduce((sum, frame) => sum + frame.length, 0);
    expect(bytes(32_000)).toBeGreaterThan(32_000 / 8 / 2);
    expect(bytes(32_000)).toBeLessThan((32_000 / 8) * 1.3);
    expect(bytes(128_000)).toBeGreaterThan(1.5 * bytes(32_000));
  });

  it('codes speech as speech where it is told to', () => {
    const mode = (application: 'voip' | 'audio' | 'lowdelay'): number => toneFrames(10, 200, { application, bitrate: 16_000 }).at(-1)![0]! >> 3;
    expect(mode('voip')).toBeLessThan(16);
    expect(mode('lowdelay')).toBeGreaterThanOrEqual(16);
  });

  it.each([
    [{ bitrate: 5_999 }, 'bitrate'],
    [{ bitrate: 510_001 }, 'bitrate'],
    [{ bitrate: NaN }, 'bitrate'],
    [{ packetLoss: -1 }, 'packetLoss'],
    [{ packetLoss: 101 }, 'packetLoss'],
    [{ complexity: 11 }, 'complexity'],
    [{ application: 'radio' as 'audio' }, 'application'],
    [{ signal: 'noise' as 'voice' }, 'signal'],
    [{ frameDuration: 30 as 20 }, 'frameDuration'],
  ])('refuses %j', (options, name) => {
    expect(() => createOpusEncoder(options)).toThrow(VoiceOptionsError);
    expect(() => createOpusEncoder(options)).toThrow(name);
  });

  it('says so when it is used after free(), which may be called twice', () => {
    const encoder = createOpusEncoder();
    encoder.free();
    encoder.free();
    expect(() => encoder.encode(new Int16Array(1920))).toThrow('freed');
  });

  it('starts afresh in memory that another codec gave back, and with its own bitrate', () => {
    const text = (frames: readonly Uint8Array[]): string => frames.map((frame) => frame.join()).join('|');
    const wanted = text(toneFrames(6));
    for (let i = 0; i < 20; i++) {
      toneFrames(3, 300 + i, { bitrate: 20_000, application: 'voip', packetLoss: 20 });
      expect(text(toneFrames(6))).toBe(wanted);
    }
  });
});

it('an error has a code, and says that trying again is no use', () => {
  expect(new OpusEncoderError('x')).toMatchObject({ code: 'opus-encoder', retryable: false, name: 'OpusEncoderError' });
});
