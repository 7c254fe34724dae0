/** `npm run build && node test/bench/codecs/run.mjs`: the figures in docs/decisions.md on Opus libraries, each measured in a separate process. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { LIBRARIES } from './libraries.mjs';

const MEASURE = fileURLToPath(new URL('measure.mjs', import.meta.url));

console.log('| library | encode, µs | decode, µs | longest packet | a loss: concealed, FEC | 200 decoders: made in, each resident, reserved |');
console.log('| --- | --- | --- | --- | --- | --- |');
for (const [name] of LIBRARIES) {
  const row = JSON.parse(execFileSync(process.execPath, ['--expose-gc', MEASURE, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  if (row.missing !== undefined) {
    console.log(`| ${name} | not checked: ${row.missing} |`);
    continue;
  }
  const { encode = '–', decode, longest, concealed = '–', fec = '–', crowd } = row;
  const memory = crowd === undefined ? '–' : `${crowd.ms} ms, ${crowd.kB} KB, ${crowd.reserved} KB`;
  console.log(`| ${name} | ${encode} | ${decode} | ${longest} ms | ${concealed} dB, ${fec} dB | ${memory} |`);
}
