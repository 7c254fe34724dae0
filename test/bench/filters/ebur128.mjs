/** Measures the loudness of a sound with ffmpeg. */
import { spawnSync } from 'node:child_process';

/** @returns the values of ffmpeg's filter `ebur128`: integrated in LUFS, range in LU, true peak in dBTP */
export function ebur128(pcm, ffmpeg = 'ffmpeg') {
  const options = ['-hide_banner', '-nostdin', '-nostats', '-f', 's16le', '-ar', '48000', '-ac', '2', '-i', 'pipe:0', '-af', 'ebur128=peak=true', '-f', 'null', '-'];
  const { stderr } = spawnSync(ffmpeg, options, { input: Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength), maxBuffer: 1e9 });
  const summary = stderr.toString().split('Summary:')[1] ?? '';
  const figure = (name) => Number(new RegExp(`${name}:\\s+(-?[\\d.]+|-inf)`).exec(summary)?.[1].replace('-inf', '-Infinity'));
  return { integrated: figure('I'), range: figure('LRA'), truePeak: figure('Peak') };
}
