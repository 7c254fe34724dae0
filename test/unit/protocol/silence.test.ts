import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { opusPacketSamples } from '../../../src/protocol/opus-packet.js';
import {
  FRAME_MS,
  isSilenceFrame,
  SAMPLES_PER_FRAME,
  SAMPLES_PER_MS,
  SILENCE_FRAME,
  SILENCE_FRAMES,
} from '../../../src/protocol/silence.js';
import { toHex } from '../../vectors/read-vectors.js';

describe('the constants', () => {
  it('are those of the docs', () => {
    expect(toHex(SILENCE_FRAME)).toBe('f8fffe');
    expect([FRAME_MS, SAMPLES_PER_MS, SAMPLES_PER_FRAME, SILENCE_FRAMES]).toEqual([20, 48, 960, 5]);
  });

  it('agree with each other: silence is an Opus packet of the usual length', () => {
    expect(opusPacketSamples(SILENCE_FRAME)).toBe(SAMPLES_PER_FRAME);
  });
});

describe('isSilenceFrame', () => {
  it('knows the frame by its bytes, not by its identity', () => {
    expect(isSilenceFrame(SILENCE_FRAME)).toBe(true);
    expect(isSilenceFrame(Uint8Array.of(0xf8, 0xff, 0xfe))).toBe(true);
    expect(isSilenceFrame(Buffer.from('00f8fffe00', 'hex').subarray(1, 4))).toBe(true);
  });

  it.each([[''], ['f8'], ['f8ff'], ['f8fffe00'], ['fcfffe'], ['f8fffd'], ['f8fefe']])('refuses "%s"', (text) => {
    expect(isSilenceFrame(Buffer.from(text, 'hex'))).toBe(false);
  });

  it('is true of nothing else', () => {
    fc.assert(fc.property(fc.uint8Array(), (frame) => isSilenceFrame(frame) === (toHex(frame) === 'f8fffe')));
  });
});
