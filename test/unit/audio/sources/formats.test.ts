/** Files of real encoders, in every format: the exact packets, and the right length, pitch and level. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { createOpusDecoder, pcm, probe, source, type SourceOptions } from '../../../../src/audio/index.js';
import { itWithFfmpeg, itWithOpusenc, make, makeAll, makeWithOpusenc, packetSums, temporaryFolder, tone, type Wanted } from '../../../support/ffmpeg.js';
import { joined } from '../real-sound.js';
import { strength } from '../voice-packets.js';

const folder = temporaryFolder();

const SECONDS = 2;
/** Frequencies in hertz of the tones in the files, each mono. */
const RATES = [8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000];
const OF_48_KHZ = RATES.indexOf(48_000);
/** The level of lavfi's sine in mono; converted to two channels by -ac it is 3 dB lower. */
const AMPLITUDE = 4_096;
const STEREO = AMPLITUDE / Math.SQRT2;
const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

async function framesOf(path: string, options?: SourceOptions): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = [];
  for await (const frame of source(path, options)) frames.push(frame);
  return frames;
}

async function pcmOf(path: string, from = 0): Promise<Int16Array> {
  const blocks: Int16Array[] = [];
  for await (const block of pcm(path, { from })) blocks.push(block.pcm.slice());
  return joined(blocks);
}

function decoded(frames: readonly Uint8Array[]): Int16Array {
  const decoder = createOpusDecoder();
  const all = joined(frames.map((frame) => decoder.decode(frame).slice()));
  decoder.free();
  return all;
}

/** Without the first and the last 100 ms, where encoders fade. */
const middle = (samples: Int16Array): Int16Array => samples.subarray(9_600, samples.length - 9_600);
const decibels = (ratio: number): number => 20 * Math.log10(ratio);

/** A codec may change the level by half a decibel. */
function expectTone(samples: Int16Array, hertz: number, amplitude: number): void {
  expect(Math.abs(decibels(strength(middle(samples), hertz) / amplitude))).toBeLessThan(0.5);
  expect(decibels(strength(middle(samples), hertz * 1.5) / amplitude)).toBeLessThan(-30);
}

const CONTAINERS: readonly (readonly [name: string, options: readonly string[]])[] = [
  ['ogg', []],
  ['opus', []],
  ['webm', []],
  ['mkv', []],
  ['live.webm', ['-live', '1', '-f', 'webm']],
  ['mp4', []],
  ['front.mp4', ['-movflags', '+faststart']],
  ['fragments.mp4', ['-movflags', '+frag_keyframe+empty_moov', '-frag_duration', '500000']],
];
const FRAME_MS = [2.5, 5, 10, 20, 40, 60, 80, 100, 120];
const OPUSENC_RATES = [8_000, 16_000, 24_000, 44_100, 96_000];
const FORMATS: readonly (readonly [name: string, options: readonly string[], amplitude: number])[] = [
  ['mp3', ['-ac', '2'], STEREO],
  ['mono.mp3', ['-ac', '1', '-ar', '22050'], AMPLITUDE],
  ['flac', [], AMPLITUDE],
  ['m4a', ['-ac', '2'], STEREO],
  ['aac', ['-ac', '2'], STEREO],
  ['vorbis.ogg', ['-ac', '2', '-c:a', 'libvorbis'], STEREO],
  ['vorbis.webm', ['-ac', '2', '-c:a', 'libvorbis'], STEREO],
  ['flac.ogg', ['-c:a', 'flac'], AMPLITUDE],
  ['aiff', [], AMPLITUDE],
  ['adpcm.wav', ['-c:a', 'adpcm_ms'], AMPLITUDE],
];
const WAVS = RATES.flatMap((rate) => ['pcm_s16le', 'pcm_f32le', 'pcm_s24le', 'pcm_u8'].map((codec) => ({ rate, codec }))).filter(({ rate, codec }) => codec === 'pcm_s16le' || rate === 44_100); // prettier-ignore
const PLACES: readonly (readonly [name: string, options: readonly string[]])[] = [
  ['opus', ['-c:a', 'libopus', '-ac', '2']],
  ['webm', ['-c:a', 'libopus', '-ac', '2']],
  ['mp4', ['-c:a', 'libopus', '-ac', '2']],
  ['mp3', []],
  ['flac', []],
  ['m4a', []],
  ['wav', []],
];
/** One second of 300 Hz, one of 600, and so on: the pitch reveals the position. A copy for each file. */
const STEPS = [300, 600, 900, 1_200, 1_500].map((hertz, i) => `sine=frequency=${hertz}:sample_rate=48000:duration=1[s${i}]`);
const SPLIT = `[s0][s1][s2][s3][s4]concat=n=5:v=0:a=1,asplit=${PLACES.length}${PLACES.map((_, i) => `[c${i}]`).join('')}`;

const WANTED: readonly Wanted[] = [
  ...CONTAINERS.map(([name, options]): Wanted => [OF_48_KHZ, ['-ac', '2', '-c:a', 'libopus', ...options], `opus.${name}`]),
  ...FRAME_MS.map((ms): Wanted => [OF_48_KHZ, ['-ac', '2', '-c:a', 'libopus', '-frame_duration', String(ms)], `frames-${ms}.opus`]),
  ...OPUSENC_RATES.map((rate): Wanted => [RATES.indexOf(rate), [], `voice-${rate}.wav`]),
  ...FORMATS.map(([name, options]): Wanted => [OF_48_KHZ, options, `decode.${name}`]),
  ...WAVS.map(({ rate, codec }): Wanted => [RATES.indexOf(rate), ['-c:a', codec], `${codec}-${rate}.wav`]),
  ...PLACES.map(([name, options], i): Wanted => [`[c${i}]`, options, `steps.${name}`]),
];
let all: Promise<void> | undefined;

/** The path of a file of {@link WANTED}. */
async function made(name: string): Promise<string> {
  const inputs = RATES.flatMap((rate) => ['-f', 'lavfi', '-i', tone(SECONDS, rate)]);
  await (all ??= makeAll([...inputs, '-filter_complex', [...STEPS, SPLIT].join(';')], WANTED));
  return join(folder, name);
}

let remuxed: Promise<void> | undefined;

/** The path of a file of frames of `ms`, in another container. */
async function madeAgain(ms: number): Promise<string> {
  const inputs = await Promise.all(FRAME_MS.map((each) => made(`frames-${each}.opus`)));
  await (remuxed ??= makeAll(inputs.flatMap((path) => ['-i', path]), FRAME_MS.map((each, i) => [i, ['-c', 'copy'], `frames-${each}.webm`]))); // prettier-ignore
  return join(folder, `frames-${ms}.webm`);
}

let sums: Promise<ReadonlyMap<string, readonly string[]>> | undefined;

async function sumsOfAll(): Promise<ReadonlyMap<string, readonly string[]>> {
  const names = [...CONTAINERS.map(([name]) => `opus.${name}`), ...FRAME_MS.map((ms) => `frames-${ms}.opus`)];
  const paths = await Promise.all([...names.map(made), ...FRAME_MS.map(madeAgain)]);
  const all = await packetSums(paths);
  return new Map(paths.map((path, i) => [path, all[i]!]));
}

/** The packets that ffmpeg extracts from an Opus file. */
async function sumsOf(path: string): Promise<readonly string[] | undefined> {
  return (await (sums ??= sumsOfAll())).get(path);
}

// Concurrent, because ffmpeg does most of the work, or is starting.
describe.concurrent('Opus is passed as it is', () => {
  for (const [name] of CONTAINERS) {
    itWithFfmpeg(`in ${name}: the very packets, and the sound to the sample`, async () => {
      const path = await made(`opus.${name}`);
      const frames = await framesOf(path);
      expect(frames.map(md5)).toEqual(await sumsOf(path));
      expect(await probe(path)).toMatchObject({ via: 'passthrough', codec: 'opus', channels: 2 });
      const samples = await pcmOf(path);
      expect(samples.length / 2).toBe(SECONDS * 48_000);
      expectTone(samples, 440, STEREO);
    });
  }

  for (const ms of FRAME_MS) {
    itWithFfmpeg(`of frames of ${ms} ms`, async () => {
      for (const path of [await made(`frames-${ms}.opus`), await madeAgain(ms)]) {
        expect((await framesOf(path)).map(md5)).toEqual(await sumsOf(path));
        // Packets that this decoder does not support are concealed, with the same duration.
        expect((await pcmOf(path)).length / 2).toBe(SECONDS * 48_000);
      }
    });
  }

  for (const rate of OPUSENC_RATES) {
    itWithOpusenc(`of ${rate} Hz mono, by opusenc`, async () => {
      const path = await makeWithOpusenc(`voice-${rate}.opus`, await made(`voice-${rate}.wav`), '--title', 'Voice');
      expect((await framesOf(path)).map(md5)).toEqual((await packetSums([path]))[0]);
      const samples = await pcmOf(path);
      expect(samples.length / 2).toBe(SECONDS * 48_000);
      expectTone(samples, 440, AMPLITUDE);
      const info = await probe(path);
      expect(info).toMatchObject({ duration: SECONDS * 1_000, channels: 1 });
      expect(info.tags.get('TITLE')).toBe('Voice');
    });
  }
});

describe.concurrent('what is no Opus is decoded', () => {
  for (const [name, , amplitude] of FORMATS) {
    itWithFfmpeg(`by ffmpeg: ${name}`, async () => {
      const path = await made(`decode.${name}`);
      expect((await probe(path)).via).toBe('ffmpeg');
      const samples = await pcmOf(path);
      // Encoders pad the end by up to two of their frames.
      expect(samples.length / 2 - SECONDS * 48_000).toBeGreaterThanOrEqual(-1_200);
      expect(samples.length / 2 - SECONDS * 48_000).toBeLessThan(4_800);
      expectTone(samples, 440, amplitude);
      expectTone(decoded(await framesOf(path)), 440, amplitude);
    });
  }

  itWithFfmpeg('by ffmpeg: 5.1, mixed down', async () => {
    const opus = await make('surround.opus', '-f', 'lavfi', '-i', tone(SECONDS), '-af', 'pan=5.1|FL=c0|FR=c0|FC=0*c0|LFE=0*c0|BL=0*c0|BR=0*c0', '-c:a', 'libopus', '-mapping_family', '1', '-b:a', '256k'); // prettier-ignore
    const wav = await make('surround.wav', '-i', opus);
    for (const path of [opus, wav]) {
      const info = await probe(path);
      expect(info).toMatchObject({ via: 'ffmpeg', channels: 6 });
      const samples = await pcmOf(path);
      expect(Math.abs(samples.length / 2 - SECONDS * 48_000)).toBeLessThan(960);
      expect(strength(middle(samples), 440)).toBeGreaterThan(1_000);
    }
  });

  for (const { rate, codec } of WAVS) {
    itWithFfmpeg(`here: WAV of ${rate} Hz, ${codec}`, async () => {
      const path = await made(`${codec}-${rate}.wav`);
      expect(await probe(path)).toMatchObject({ via: 'pcm', container: 'WAV', duration: SECONDS * 1_000, channels: 1, sampleRate: rate });
      const samples = await pcmOf(path);
      expect(samples.length / 2).toBe(SECONDS * 48_000);
      expectTone(samples, 440, AMPLITUDE);
      expectTone(decoded(await framesOf(path)), 440, AMPLITUDE);
    });
  }
});

describe.concurrent('a place in it', () => {
  for (const [name] of PLACES) {
    itWithFfmpeg(`is found: ${name}`, async () => {
      const path = await made(`steps.${name}`);
      for (const second of [0, 2, 4]) {
        const from = await pcmOf(path, second * 1_000 + 200);
        const heard = from.subarray(0, 2 * 24_000);
        const strengths = [1, 2, 3, 4, 5].map((step) => strength(heard, 300 * step));
        expect({ second, loudest: strengths.indexOf(Math.max(...strengths)) }).toEqual({ second, loudest: second });
        expect(Math.abs(from.length / 2 - (5 - second - 0.2) * 48_000)).toBeLessThan(2_400);
      }
      const song = source(path).from(2_200);
      const iterator = song[Symbol.asyncIterator]();
      const frames: Uint8Array[] = [];
      await iterator.next().then(({ value }) => value !== undefined && frames.push(value));
      expect(iterator.position).toBeGreaterThan(2_200);
      expect(iterator.position).toBeLessThanOrEqual(2_220);
      for (let result = await iterator.next(); frames.length < 30 && result.done !== true; result = await iterator.next()) frames.push(result.value);
      await iterator.return();
      const strengths = [1, 2, 3, 4, 5].map((step) => strength(decoded(frames).subarray(9_600), 300 * step));
      expect(strengths.indexOf(Math.max(...strengths))).toBe(2);
    });
  }
});
