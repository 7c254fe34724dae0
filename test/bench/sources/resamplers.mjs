/** Resamples tones to 48 kHz: with rxvoice, and with each library that is installed (npm install --no-save …). */
import { Resampler } from '../../../dist/audio/index.js';

const joined = (parts) => Float32Array.from(parts.flatMap((part) => [...part]));
const pieces = (samples, length) => Array.from({ length: Math.ceil(samples.length / length) }, (_, i) => samples.subarray(i * length, (i + 1) * length));

async function ours() {
  return (samples, rate) => {
    const resampler = new Resampler(rate);
    return joined([...pieces(samples, rate / 50).map((piece) => resampler.push(piece)), resampler.flush()]);
  };
}

const libsamplerate = (converterType) => async () => {
  const { default: library } = await import('@alexanderolsen/libsamplerate-js');
  return async (samples, rate) => {
    const converter = await library.create(1, rate, 48_000, { converterType });
    const out = joined(pieces(samples, rate / 50).map((piece) => converter.full(piece).slice()));
    converter.destroy();
    return out;
  };
};

async function speex() {
  const { default: module } = await import('speex-resampler');
  const Speex = module.default ?? module;
  await Speex.initPromise;
  return (samples, rate) => {
    const resampler = new Speex(1, rate, 48_000, 7);
    const out = pieces(Int16Array.from(samples, (x) => Math.round(x * 32_767)), rate / 50).map((piece) => {
      const bytes = resampler.processChunk(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
      return Float32Array.from(new Int16Array(Uint8Array.from(bytes).buffer), (x) => x / 32_767);
    });
    return joined(out);
  };
}

async function waveResampler() {
  const { default: library } = await import('wave-resampler');
  return (samples, rate) => Float32Array.from(library.resample(samples, rate, 48_000, { method: 'sinc', LPF: true }));
}

export const RESAMPLERS = [
  ['rxvoice', ours],
  ['libsamplerate-js, medium', libsamplerate(1)],
  ['libsamplerate-js, fastest', libsamplerate(2)],
  ['speex-resampler, 7', speex],
  ['wave-resampler, sinc', waveResampler],
];

export const sine = (hertz, rate, seconds) => Float32Array.from({ length: rate * seconds }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hertz * i) / rate));

/** The output without the tone, in decibels relative to the tone, which is fitted by least squares. */
export function residual(output, hertz) {
  const samples = output.subarray(4_800, output.length - 4_800);
  let [ss, sc, cc, sx, cx] = [0, 0, 0, 0, 0];
  const basis = (i) => [Math.sin((2 * Math.PI * hertz * i) / 48_000), Math.cos((2 * Math.PI * hertz * i) / 48_000)];
  samples.forEach((x, i) => {
    const [s, c] = basis(i);
    [ss, sc, cc, sx, cx] = [ss + s * s, sc + s * c, cc + c * c, sx + s * x, cx + c * x];
  });
  const [a, b] = [(sx * cc - cx * sc) / (ss * cc - sc * sc), (cx * ss - sx * sc) / (ss * cc - sc * sc)];
  const rest = samples.reduce((sum, x, i) => sum + (x - a * basis(i)[0] - b * basis(i)[1]) ** 2, 0) / samples.length;
  return { gain: 20 * Math.log10(Math.hypot(a, b) / 0.5), rest: 10 * Math.log10(rest / 0.125) };
}
