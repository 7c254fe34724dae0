/**
 * `node test/bench/filters/run.mjs [song] [seconds]`, when `npm run build` was run: each filter beside the one of ffmpeg of the same parameters.
 *
 * distance    the log-spectral distance, in dB (spectrum.mjs)
 * residual    what remains when one sound is subtracted from the other, in dB; omitted where both choose freely where to cut
 * µs/20 ms    CPU for 20 ms of stereo, of the filter alone, conversion from and to 16 bits included
 *
 * Also compares the loudness of the whole with ffmpeg's `ebur128`.
 */
import { fileURLToPath } from 'node:url';
import * as audio from '../../../dist/audio/index.js';
import { filterCases } from './cases.mjs';
import { blocks, compare, programme } from './compare.mjs';
import { ebur128 } from './ebur128.mjs';

const [song = fileURLToPath(new URL('../../../src/cli/demo/song.opus', import.meta.url)), seconds = '6'] = process.argv.slice(2);
const pcm = programme(song, Number(seconds));

/** The median of five runs, each of the whole sound. */
function microseconds(filter) {
  const runs = Array.from({ length: 5 }, () => {
    const { user } = process.cpuUsage();
    let count = 0;
    for (const piece of filter(blocks(pcm))) count += piece.length;
    if (count === 0) throw new Error('it made nothing');
    return (process.cpuUsage().user - user) / (pcm.length / 1_920);
  });
  return runs.sort((a, b) => a - b)[2];
}

const column = (text, width) => String(text).padStart(width);
console.log(`${'filter'.padEnd(28)}${column('distance', 10)}${column('residual', 10)}${column('allowed', 9)}${column('µs/20 ms', 10)}   samples, and ffmpeg's`);
let wrong = 0;
for (const one of filterCases(audio)) {
  const { distance, residual, lengths } = compare(one, pcm);
  const off = distance > one.allowed;
  wrong += off ? 1 : 0;
  const figures = [column(distance.toFixed(2), 10), column(residual?.toFixed(1) ?? '-', 10), column(one.allowed, 9), column(microseconds(one.filter).toFixed(1), 10)];
  console.log(`${one.name.padEnd(28)}${figures.join('')}   ${lengths.join(' ')}${off ? '   TOO FAR' : ''}`);
}
for (const [name, filter] of Object.entries({ limiter: audio.chain(audio.volume(4), audio.limiter()), 'gainTo, live': audio.gainTo(-16), 'nothing, converted': audio.chain() })) {
  console.log(`${name.padEnd(57)}${column(microseconds(filter).toFixed(1), 10)}`);
}

const { user } = process.cpuUsage();
const measured = await audio.loudness(blocks(pcm));
const share = (process.cpuUsage().user - user) / (Number(seconds) * 1e6);
const inWords = ({ integrated, range, truePeak }) => `${integrated.toFixed(1)} LUFS, range ${range.toFixed(1)} LU, true peak ${truePeak.toFixed(1)} dBTP`;
const theirs = ebur128(pcm);
console.log(`\nloudness   ${inWords(measured)}, in ${(share * 100).toFixed(1)} % of the time it lasts`);
console.log(`ffmpeg     ${inWords(theirs)}`);
if (Math.abs(measured.integrated - theirs.integrated) > 0.1) wrong += 1;
process.exitCode = wrong > 0 ? 1 : 0;
