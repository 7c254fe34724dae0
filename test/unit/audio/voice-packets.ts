/** Packets, losses and tones for the tests of decoding. */
import { createOpusEncoder, type OpusEncoderOptions, type PcmFrame } from '../../../src/audio/index.js';
import type { JitterEvent } from '../../../src/audio/jitter/event.js';
import type { VoicePacket } from '../../../src/types.js';

/** Interleaved stereo of a sine, from sample `from` on. */
export function tone(hertz: number, samples: number, from = 0, amplitude = 12_000): Int16Array {
  const pcm = new Int16Array(2 * samples);
  for (let i = 0; i < samples; i++) {
    pcm[2 * i] = pcm[2 * i + 1] = Math.round(amplitude * Math.sin((2 * Math.PI * hertz * (from + i)) / 48_000));
  }
  return pcm;
}

/** 20 ms packets of a tone. */
export function toneFrames(frames: number, hertz = 440, options: OpusEncoderOptions = {}): Uint8Array[] {
  const encoder = createOpusEncoder(options);
  const packets = Array.from({ length: frames }, (_, i) => encoder.encode(tone(hertz, 960, i * 960)));
  encoder.free();
  return packets;
}

export function rms(pcm: Int16Array): number {
  return Math.sqrt(pcm.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, pcm.length));
}

/** The level of a frequency in the left channel (or mono, with a stride of 1): the amplitude of the equivalent sine. */
export function strength(pcm: Int16Array, hertz: number, rate = 48_000, stride = 2): number {
  let re = 0;
  let im = 0;
  const samples = pcm.length / stride;
  // One rotation per sample: calling sin and cos for each would be most of the work of the sound tests.
  const turn = { cos: Math.cos((2 * Math.PI * hertz) / rate), sin: Math.sin((2 * Math.PI * hertz) / rate) };
  let cos = 1;
  let sin = 0;
  for (let i = 0; i < samples; i++) {
    const sample = pcm[i * stride]!;
    re += sample * cos;
    im += sample * sin;
    const next = cos * turn.cos - sin * turn.sin;
    sin = cos * turn.sin + sin * turn.cos;
    cos = next;
  }
  return (2 * Math.hypot(re, im)) / samples;
}

/** Packet `n` of a stream of 20 ms packets. */
export function packet(frame: Uint8Array, n: number, rest: Partial<VoicePacket> = {}): VoicePacket {
  return {
    userId: '1',
    ssrc: 1,
    sequence: n & 0xffff,
    timestamp: (n * 960) >>> 0,
    arrival: n * 20,
    marker: false,
    audioLevel: null,
    speaking: null,
    frame,
    ...rest,
  };
}

export function lost(n: number, rest: { readonly ssrc?: number; readonly samples?: number } = {}): JitterEvent {
  return { type: 'lost', userId: '1', ssrc: 1, sequence: n & 0xffff, timestamp: (n * 960) >>> 0, samples: 960, ...rest };
}

/** A decoded frame that arrived at `at` ms. */
export function pcmFrame(pcm: Int16Array, at: number, rest: Partial<PcmFrame> = {}): PcmFrame {
  return { userId: '1', ssrc: 1, timestamp: (at * 48) >>> 0, arrival: at, pcm, concealed: false, ...rest };
}
