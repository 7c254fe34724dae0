/** Converts bytes of PCM in any format to numbers from -1 to 1. */

/** The encoding of a sample: signed integers, unsigned bytes, or floats; little-endian. */
export type SampleFormat = 'u8' | 's16' | 's24' | 's32' | 'f32' | 'f64';

/** Bytes per sample. */
export const SAMPLE_BYTES: Readonly<Record<SampleFormat, number>> = { u8: 1, s16: 2, s24: 3, s32: 4, f32: 4, f64: 8 };

type ReadSample = (view: DataView, at: number) => number;

const READERS: Readonly<Record<SampleFormat, ReadSample>> = {
  u8: (view, at) => (view.getUint8(at) - 128) / 128,
  s16: (view, at) => view.getInt16(at, true) / 32_768,
  s24: (view, at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 8_388_608,
  s32: (view, at) => view.getInt32(at, true) / 2_147_483_648,
  f32: (view, at) => view.getFloat32(at, true),
  f64: (view, at) => view.getFloat64(at, true),
};

/** One channel of interleaved samples. An incomplete frame at the end is ignored. */
export function channelOf(bytes: Uint8Array, format: SampleFormat, channels: number, channel: number): Float32Array {
  const read = READERS[format];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stride = SAMPLE_BYTES[format] * channels;
  const samples = new Float32Array(Math.floor(bytes.length / stride));
  for (let i = 0, at = channel * SAMPLE_BYTES[format]; i < samples.length; i++, at += stride) samples[i] = read(view, at);
  return samples;
}

/** Two channels, from -1 to 1, as interleaved 16 bits. Louder values are clipped; NaN becomes silence. */
export function interleaved16(left: Float32Array, right: Float32Array): Int16Array {
  const pcm = new Int16Array(2 * left.length);
  for (let i = 0; i < left.length; i++) {
    pcm[2 * i] = sample16(left[i]!);
    pcm[2 * i + 1] = sample16(right[i]!);
  }
  return pcm;
}

function sample16(value: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(value * 32_768)));
}
