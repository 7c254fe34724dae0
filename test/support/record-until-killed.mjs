// Records two speakers until it is killed. Prints a line for each file that grows: `progress <path> <ms> <bytes>`.
// Usage: node record-until-killed.mjs DIRECTORY KIND,… [BITRATE of mp3 and m4a]
import { readFileSync } from 'node:fs';
import { interval, mergeMap } from 'rxjs';
import { oggOpus, recordTo } from '../../dist/audio/index.js';
import { steadyScheduler } from '../../dist/index.js';

const frames = [];
for await (const frame of oggOpus(readFileSync(new URL('../../src/cli/demo/song.opus', import.meta.url)))) frames.push(frame);

const packet = (index, ssrc) => ({
  userId: String(ssrc),
  ssrc,
  sequence: index & 0xffff,
  timestamp: index * 960,
  arrival: steadyScheduler.now(),
  marker: false,
  audioLevel: null,
  speaking: null,
  frame: frames[index % frames.length],
});

interval(20)
  .pipe(
    mergeMap((index) => [packet(index, 1), packet(index, 2)]),
    recordTo(process.argv[2], { files: process.argv[3].split(','), fileBitrate: Number(process.argv[4] ?? 128_000) }),
  )
  .subscribe((event) => {
    if (event.type === 'progress') console.log(`progress ${event.path} ${event.durationMs} ${event.bytes}`);
  });
