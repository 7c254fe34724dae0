/** `npm run build && node test/bench/desk/run.mjs [FRAMES]`: the cost of one frame of a desk, including reading, decoding, mixing and encoding its sources. */
import { createOpusEncoder, desk, lowPass, tone } from '../../../dist/audio/index.js';
import { DEFAULT_READ_OPTIONS } from '../../../dist/frames/frame-input.js';
import { PENDING } from '../../../dist/frames/frame-queue.js';
import { openQueue } from '../../../dist/frames/open-queue.js';

const frames = Number(process.argv[2] ?? 1_500);
const WARM_UP = 150;
/** The time available for each frame. */
const FRAME_US = 20_000;

const blocks = (hertz) => [...tone({ frequency: hertz, duration: 10_000, level: 0.1 })];
function packets(hertz) {
  const encoder = createOpusEncoder({ bitrate: 96_000 });
  const made = blocks(hertz).map((block) => encoder.encode(block));
  encoder.free();
  return made;
}
const opus = Array.from({ length: 8 }, (_, i) => packets(220 + 110 * i));
const pcm = Array.from({ length: 8 }, (_, i) => blocks(220 + 110 * i));
const endless = { loop: 'endless' };

const SCENES = {
  'nothing but the loop that measures': () => [],
  'one of Opus, alone': () => [[opus[0], endless]],
  'one of Opus, at half volume': () => [[opus[0], { ...endless, volume: 0.5 }]],
  'one of PCM': () => [[pcm[0], endless]],
  'two of Opus': () => opus.slice(0, 2).map((source) => [source, endless]),
  'eight of Opus': () => opus.map((source) => [source, endless]),
  'eight of Opus, four ducked, a filter on one': () =>
    opus.map((source, i) => [source, { ...endless, priority: i < 4 ? 0 : 1, filters: i === 0 ? [lowPass({ frequency: 4_000 })] : [] }]),
  'eight of PCM': () => pcm.map((source) => [source, endless]),
};

/** µs of CPU of this process for each frame. */
async function cost(tracks) {
  const mixer = desk();
  for (const [source, options] of tracks) mixer.add(source, options);
  const queue = openQueue(mixer, { ...DEFAULT_READ_OPTIONS, onReadable: () => undefined });
  const pull = async (count) => {
    for (let i = 0; i < count; i++) {
      await new Promise(setImmediate);
      if (queue.read() === PENDING && tracks.length > 0 && i > 5) throw new Error('there is a frame missing');
    }
  };
  await pull(WARM_UP);
  const before = process.cpuUsage();
  await pull(frames);
  const { user, system } = process.cpuUsage(before);
  queue.close();
  return (user + system) / frames;
}

const least = new Map();
for (let round = 0; round < 3; round++) {
  for (const [name, tracks] of Object.entries(SCENES)) least.set(name, Math.min(least.get(name) ?? Infinity, await cost(tracks())));
}
for (const [name, us] of least) console.log(`${name.padEnd(46)} ${us.toFixed(0).padStart(5)} µs a frame, ${((100 * us) / FRAME_US).toFixed(1).padStart(4)} % of a core`);
