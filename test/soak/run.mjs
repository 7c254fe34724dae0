/** `npm run soak`: many sessions for minutes, on 127.0.0.1 only. Exit code 1 where anything grew, or got lost. */
import { load } from '../bench/library.mjs';
import { readArguments, USAGE } from './arguments.mjs';

const COLUMNS = [
  ['s', 'at', 0],
  ['heap MB', 'heap', 1],
  ['RSS MB', 'rss', 1],
  ['on the air', 'onAir', 0],
  ['sockets', 'open', 0],
  ['surplus', 'surplus', 0],
  ['timers', 'timers', 0],
  ['joins', 'joins', 0],
  ['faults', 'faults', 0],
  ['frames sent', 'sent', 0],
];
const WIDTH = 12;
const row = (cells) => cells.map((cell) => String(cell).padStart(WIDTH)).join('');

async function main(options) {
  const { soak } = await import('./soak.mjs');
  const [index, driver, testing] = await Promise.all(['index.js', 'driver.js', 'testing/index.js'].map((module) => load(module)));
  const library = { ...driver, ...testing, ...index };
  const print = (text) => options.json || console.log(text);
  print(`${options.sessions} sessions, ${options.minutes} min, seed ${options.seed}, Node ${process.version}`);
  print(row(COLUMNS.map(([heading]) => heading)));
  const result = await soak(library, options, (sample) => print(row(COLUMNS.map(([, key, digits]) => sample[key].toFixed(digits)))));
  if (options.json) console.log(JSON.stringify(result));
  else console.log(conclusion(result));
  return result.violations.length === 0;
}

function conclusion({ trends, atRest, report, missing, unaccounted, left, violations, ...of }) {
  const line = ({ rise, mean }, unit) => `${rise >= 0 ? '+' : ''}${rise.toFixed(1)}${unit} around ${mean.toFixed(1)}${unit}`;
  return [
    `joins ${of.joins}, ended by others ${of.ended}, plays ${of.plays}, faults ${of.faults}, frames heard ${of.heard}`,
    `line through the samples after the first quarter: heap ${line(trends.heap, ' MB')}, RSS ${line(trends.rss, ' MB')}, timers ${line(trends.timers, '')}`,
    `at rest: heap ${atRest.heap.toFixed(1)} MB, RSS ${atRest.rss.toFixed(1)} MB, open: ${left.length === 0 ? 'nothing' : left.join(', ')}`,
    `datagrams sent ${of.datagrams}: taken ${report.accepted}, into sessions that were over ${report.unknownSsrc}, lost by rule ${report.inboundDropped ?? 0}, by the kernel ${report.kernelDrops}, unaccounted ${unaccounted}`,
    `frames sent ${of.sent}, arrived ${report.frames}, missing ${missing}`,
    violations.length === 0 ? 'nothing went wrong' : `${violations.length} violations:\n${violations.slice(0, 20).join('\n')}`,
  ].join('\n');
}

try {
  const options = readArguments(process.argv.slice(2));
  if (options.help) console.log(USAGE);
  else if (!(await main(options))) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof RangeError || error instanceof TypeError ? `${error.message}\n${USAGE}` : error);
  process.exitCode = 1;
}
