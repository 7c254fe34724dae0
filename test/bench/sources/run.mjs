/** `npm run build && node test/bench/sources/run.mjs`: the figures in docs/decisions.md on containers, resampling and ffmpeg. Needs ffmpeg. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOpusEncoder, pcm, source } from '../../../dist/audio/index.js';
import { damaged, outcome, packetsOf, READERS } from './containers.mjs';
import { RESAMPLERS, residual, sine } from './resamplers.mjs';

const folder = mkdtempSync(join(tmpdir(), 'rxvoice-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
function make(name, ...options) {
  const path = join(folder, name);
  execFileSync('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...options, path]);
  return path;
}
const opened = async (list) =>
  (await Promise.all(list.map(async ([name, open, ...rest]) => [name, await open().catch(() => undefined), ...rest]))).filter(([, made]) => made !== undefined);
/** µs of CPU of this process per item that `run` counts. */
async function cost(run) {
  const before = process.cpuUsage();
  const count = await run();
  const { user, system } = process.cpuUsage(before);
  return `${((user + system) / count).toFixed(2)} µs`;
}
const counted = async (items) => {
  let count = 0;
  for await (const _ of items) count += 1;
  return count;
};

const noise = ['-f', 'lavfi', '-i', 'anoisesrc=d=10:c=pink:r=48000:a=0.3'];
const short = make('short.opus', ...noise, '-ac', '2', '-c:a', 'libopus', '-b:a', '128k');
const readers = await opened(READERS);
const sound = await packetsOf(readFileSync(short));
for (const [name, ...options] of [['webm'], ['live.webm', '-live', '1', '-f', 'webm'], ['front.mp4', '-movflags', '+faststart'], ['mp4']]) {
  const bytes = new Uint8Array(readFileSync(make(`short.${name}`, '-i', short, '-c', 'copy', ...options)));
  for (const [what, broken] of Object.entries(damaged(bytes))) {
    for (const [library, read, files] of readers) if (files.test(name)) console.log(`${name}, ${what}: ${library}: ${await outcome(read, broken, sound)}`);
  }
}

const hour = make('hour.opus', '-stream_loop', '359', '-i', short, '-c', 'copy');
for (const name of ['opus', 'webm', 'mp4']) {
  const bytes = new Uint8Array(readFileSync(name === 'opus' ? hour : make(`hour.${name}`, '-i', hour, '-c', 'copy')));
  for (const [library, read, files] of readers) {
    if (name !== 'opus' || files.source === '.') if (files.test(name)) console.log(`one hour of ${name}: ${library}: ${await cost(() => counted(read(bytes)))} a packet`);
  }
}

for (const [name, resample] of await opened(RESAMPLERS)) {
  for (const rate of [16_000, 24_000, 44_100]) {
    const hertz = Math.round(rate * 0.4);
    const tone = sine(hertz, rate, 4);
    const output = await resample(tone, rate);
    const { gain, rest } = residual(output, hertz);
    const time = await cost(async () => ((await resample(tone, rate)), 200));
    console.log(`${rate} Hz to 48 kHz: ${name}: ${hertz} Hz at ${gain.toFixed(2)} dB, all else ${rest.toFixed(0)} dB; ${output.length} samples of 192000; ${time} for 20 ms`);
  }
}

const mp3 = make('song.mp3', '-f', 'lavfi', '-i', 'anoisesrc=d=120:c=pink:r=44100:a=0.3', '-ac', '2');
console.log(`MP3, ffmpeg encodes: ${await cost(() => counted(source(mp3)))} of this process a frame`);
const encoder = createOpusEncoder({ bitrate: 96_000 });
const encodedHere = async () => {
  let count = 0;
  for await (const block of pcm(mp3)) if (block.pcm.length === 1_920) count += encoder.encode(block.pcm).length > 0 ? 1 : 0;
  return count;
};
console.log(`MP3, encoded here:   ${await cost(encodedHere)} of this process a frame`);
