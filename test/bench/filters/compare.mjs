/** Compares filters with ffmpeg's filters of the same parameters, on the same sound. */
import { spawnSync } from 'node:child_process';
import { residual, spectralDistance } from './spectrum.mjs';

const RAW = ['-f', 's16le', '-ar', '48000', '-ac', '2'];
/** Frames to group, about two seconds, for sounds whose waves are not aligned. */
const LONG = 46;

/** Some seconds of a song, mixed by ffmpeg with full-spectrum noise on each channel; at -6 dB to leave headroom. */
export function programme(song, seconds, ffmpeg = 'ffmpeg') {
  const noise = (seed) => `anoisesrc=color=pink:amplitude=0.05:seed=${seed}:sample_rate=48000:duration=${seconds}`;
  const graph = `[1][2]join=inputs=2:channel_layout=stereo[n];[0]aresample=48000,volume=0.5,aformat=channel_layouts=stereo[s];[s][n]amix=normalize=0:duration=shortest`;
  return run(ffmpeg, ['-ss', '2', '-t', String(seconds), '-i', song, '-f', 'lavfi', '-i', noise(1), '-f', 'lavfi', '-i', noise(2), '-filter_complex', graph], undefined);
}

/** @returns the output of the ffmpeg filter */
export function byFfmpeg(filter, pcm, ffmpeg = 'ffmpeg') {
  const complex = filter.includes('[');
  const first = 'aformat=sample_fmts=flt';
  const graph = complex ? filter.replace('[0]', `[0]${first},`) : `${first},${filter}`;
  return run(ffmpeg, [...RAW, '-i', 'pipe:0', complex ? '-filter_complex' : '-af', graph], Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength));
}

function run(ffmpeg, options, input) {
  const { status, stdout, stderr } = spawnSync(ffmpeg, ['-v', 'error', '-nostdin', ...options, ...RAW, 'pipe:1'], { input, maxBuffer: 1e9 });
  if (status !== 0) throw new Error(`ffmpeg: ${stderr.toString()}`);
  return new Int16Array(Uint8Array.from(stdout).buffer);
}

/** Compares one case of `cases.mjs`: the distance in dB, the residual in dB, both lengths in samples. */
export function compare({ filter, ffmpeg, late = 0, free = false }, pcm, program) {
  const ours = filterAll(filter, pcm);
  const theirs = byFfmpeg(ffmpeg, pcm, program).subarray(2 * late);
  return {
    distance: spectralDistance(ours, theirs, free ? LONG : 1),
    residual: free ? undefined : residual(ours, theirs),
    lengths: [ours.length / 2, theirs.length / 2 + late],
    ours,
  };
}

/** The whole output of a filter that gets the sound in pieces of 20 ms. */
export function filterAll(filter, pcm) {
  const pieces = [...filter(blocks(pcm))];
  const all = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

export function* blocks(pcm) {
  for (let at = 0; at < pcm.length; at += 1_920) yield pcm.subarray(at, at + 1_920);
}
