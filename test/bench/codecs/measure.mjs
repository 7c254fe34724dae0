/** Measures one library in a separate process: `node measure.mjs NAME` prints a row as JSON. */
import { readFileSync } from 'node:fs';
import { createOpusDecoder, createOpusEncoder, oggOpus } from '../../../dist/audio/index.js';
import { hasFec } from '../../../dist/audio/opus/fec.js';
import { LIBRARIES } from './libraries.mjs';

const DECODERS = 200;
const ROUNDS = 4;

const [, open] = LIBRARIES.find(([name]) => name === process.argv[2]);
const library = await open().catch((error) => error);
if (library instanceof Error) {
  console.log(JSON.stringify({ missing: library.message.split('\n')[0] }));
  process.exit();
}

const song = [];
const own = createOpusDecoder();
for await (const frame of oggOpus([readFileSync(new URL('../../../src/cli/demo/song.opus', import.meta.url))])) song.push(own.decode(frame));
const encoded = (options, make = createOpusEncoder) => {
  const encoder = make(options);
  const packets = song.map((pcm) => encoder.encode(pcm));
  encoder.free?.();
  return packets;
};

/** CPU per call in the last of several rounds, in µs. */
function cpu(run) {
  let cost = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage();
    const calls = run();
    const { user, system } = process.cpuUsage(before);
    cost = (user + system) / calls;
  }
  return Math.round(cost);
}

/** The time and memory of `DECODERS` decoders at once, each after it has decoded. */
function crowd(packet) {
  globalThis.gc?.();
  const before = process.memoryUsage();
  const start = performance.now();
  const decoders = Array.from({ length: DECODERS }, () => library.decoder());
  const made = performance.now() - start;
  for (const decoder of decoders) decoder.decode(packet);
  const after = process.memoryUsage();
  return { ms: Math.round(made), kB: Math.round((after.rss - before.rss) / 1024 / DECODERS), reserved: Math.round((after.external - before.external) / 1024 / DECODERS) };
}

/** The longest packet, in ms, that is decoded to its full length. */
function longest(decoder) {
  const fits = [20, 40, 60, 80, 100, 120].filter((ms) => {
    const encoder = createOpusEncoder({ frameDuration: ms });
    try {
      return decoder.decode(encoder.encode(new Int16Array(ms * 96))).length === ms * 96;
    } catch {
      return false;
    }
  });
  return Math.max(...fits);
}

/** The mean SNR of the substitute for a lost packet, in dB. */
function losses(packets, standIn) {
  const [whole, lossy] = [library.decoder(), library.decoder()];
  const all = [];
  packets.forEach((packet, n) => {
    const wanted = whole.decode(packet);
    const next = packets[n + 1];
    if (n % 10 !== 9 || next === undefined || !hasFec(next)) return void lossy.decode(packet);
    const got = standIn(lossy, next);
    let [sound, noise] = [0, 1];
    wanted.forEach((sample, i) => ((sound += sample ** 2), (noise += (sample - got[i]) ** 2)));
    if (sound > 1e6) all.push(10 * Math.log10(sound / noise));
  });
  return (all.reduce((sum, one) => sum + one, 0) / all.length).toFixed(1);
}

const music = encoded({ bitrate: 96_000 });
const decoder = library.decoder();
const row = {
  encode: library.encoder && cpu(() => encoded({ bitrate: 96_000 }, library.encoder).length),
  decode: cpu(() => music.map((packet) => decoder.decode(packet)).length),
  longest: longest(decoder),
};
decoder.free?.();
const speech = encoded({ application: 'voip', signal: 'voice', bitrate: 40_000, packetLoss: 30 });
if (decoder.conceal) row.concealed = losses(speech, (codec) => codec.conceal(960));
if (decoder.decodeFec) row.fec = losses(speech, (codec, next) => codec.decodeFec(next, 960));
if (!process.argv[2].endsWith('its class') || process.argv[2].startsWith('@evan')) row.crowd = crowd(music[0]);
console.log(JSON.stringify(row));
