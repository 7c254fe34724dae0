/**
 * Composes the demo's song, encodes it as Opus and writes song.opus beside it: 12 s of 48 kHz stereo, about 96 kbit/s, 20 ms packets.
 * An original piece, made by this code alone; running it again gives the same bytes.
 * Usage: npm run build && node src/cli/demo/compose-song.mjs [FILE]
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createOpusEncoder, OggOpusWriter } from 'rxvoice/audio';

const RATE = 48_000;
const SECONDS = 12;
const FRAME = 960;
const BEAT = 0.5;
const BAR = 4 * BEAT;
const BITRATE = 96_000;
/** 'rxvo', which tells this stream from others. */
const SERIAL = 0x7278_766f;

/** MIDI note numbers: the bass note, then the chord. A minor, F, C, G, then F, G, and A minor to rest on (a half bar each). */
const HARMONY = [
  { at: 0, bass: 45, chord: [57, 60, 64, 69] },
  { at: BAR, bass: 41, chord: [57, 60, 65, 69] },
  { at: 2 * BAR, bass: 48, chord: [55, 60, 64, 67] },
  { at: 3 * BAR, bass: 43, chord: [55, 59, 62, 67] },
  { at: 4 * BAR, bass: 41, chord: [57, 60, 65, 72] },
  { at: 4.5 * BAR, bass: 43, chord: [55, 59, 67, 71] },
  { at: 5 * BAR, bass: 45, chord: [57, 64, 69, 72] },
];
const ARPEGGIO = [0, 1, 2, 3, 2, 1, 2, 3];

const left = new Float64Array(RATE * SECONDS);
const right = new Float64Array(RATE * SECONDS);

/** A small generator of noise, so that the percussion is the same each time. */
let seed = 0x5eed;
function noise() {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 31 - 1;
}

const hertz = (note) => 440 * 2 ** ((note - 69) / 12);

/** Adds a sound: `wave(t)` for `length` seconds from `start`, panned from -1 (left) to 1 (right). */
function add(start, length, pan, wave) {
  const first = Math.round(start * RATE);
  const last = Math.min(left.length, first + Math.round(length * RATE));
  for (let i = first; i < last; i++) {
    const sample = wave((i - first) / RATE);
    left[i] += sample * Math.sqrt((1 - pan) / 2);
    right[i] += sample * Math.sqrt((1 + pan) / 2);
  }
}

/** Sine partials that die away, the higher ones sooner: a plucked string. */
function pluck(start, note, level, pan) {
  const w = 2 * Math.PI * hertz(note);
  add(start, 1.4, pan, (t) => {
    let sum = 0;
    for (let k = 1; k <= 5; k++) sum += (Math.sin(k * w * t) / k ** 1.4) * Math.exp(-t * (2.2 + 1.6 * k));
    return level * sum * Math.min(1, t / 0.004);
  });
}

/** Two detuned sines that swell and fade: a soft organ. */
function pad(start, length, note, level, pan) {
  const w = 2 * Math.PI * hertz(note);
  add(start, length + 0.3, pan, (t) => {
    const swell = Math.min(1, t / 0.35) * Math.min(1, Math.max(0, (length + 0.3 - t) / 0.4));
    return level * swell * (Math.sin(w * 1.0015 * t) + Math.sin(w * 0.9985 * t));
  });
}

function bass(start, length, note, level) {
  const w = 2 * Math.PI * hertz(note - 12);
  add(start, length, 0, (t) => {
    const shape = Math.min(1, t / 0.01) * Math.min(1, Math.max(0, (length - t) / 0.05)) * Math.exp(-1.1 * t);
    return level * shape * (Math.sin(w * t) + 0.35 * Math.sin(2 * w * t));
  });
}

function kick(start, level) {
  add(start, 0.25, 0, (t) => level * Math.sin(2 * Math.PI * (46 * t + 5.5 * (1 - Math.exp(-28 * t)))) * Math.exp(-14 * t));
}

/** Noise with its lows taken away, `decay` a second: a shaker, or a brush when it is slow. */
function brush(start, level, decay, pan) {
  let before = 0;
  add(start, 0.3, pan, (t) => {
    const now = noise();
    const high = now - before;
    before = now;
    return level * high * Math.exp(-decay * t);
  });
}

HARMONY.forEach(({ at, bass: root, chord }, index) => {
  const end = HARMONY[index + 1]?.at ?? SECONDS;
  chord.slice(0, 3).forEach((note, k) => pad(at, end - at, note, 0.045, (k - 1) * 0.5));
  for (let beat = at; beat < end; beat += 2 * BEAT) bass(beat, 2 * BEAT, root, 0.2);
  const last = index === HARMONY.length - 1;
  for (let step = 0, time = at; time < end - (last ? BAR / 2 : 0); step++, time += BEAT / 2) {
    pluck(time, chord[ARPEGGIO[step % ARPEGGIO.length]] + 12, 0.16, 0.55 * Math.sin(time * 1.7));
  }
});
for (let beat = 4; beat < 22; beat++) {
  if (beat % 2 === 0) kick(beat * BEAT, 0.34);
  else brush(beat * BEAT, 0.05, 22, -0.15);
  brush((beat + 0.5) * BEAT, 0.022, 55, 0.35);
}

/** Loudness over time: fades in, breathes out before the last third, swells, and fades out. */
function loudness(t) {
  const points = [[0, 0], [1.2, 0.45], [4, 0.8], [6, 1], [7.6, 0.5], [8.4, 0.75], [9.6, 1], [10.4, 0.8], [12, 0]];
  const next = points.findIndex(([time]) => time > t);
  if (next < 0) return 0;
  const [t0, v0] = points[next - 1];
  const [t1, v1] = points[next];
  return v0 + ((v1 - v0) * (1 - Math.cos((Math.PI * (t - t0)) / (t1 - t0)))) / 2;
}

/** Rounds the peaks off, so that the quieter parts may be louder. */
function toPcm() {
  const faded = (side) => side.map((value, i) => value * loudness(i / RATE));
  const [l, r] = [faded(left), faded(right)];
  const peak = l.reduce((most, value, i) => Math.max(most, Math.abs(value), Math.abs(r[i])), 0);
  const level = (value) => Math.round((24_000 * Math.tanh((1.8 * value) / peak)) / Math.tanh(1.8));
  return Int16Array.from({ length: 2 * l.length }, (_, i) => level((i % 2 === 0 ? l : r)[i >> 1]));
}

function encode(pcm) {
  const encoder = createOpusEncoder({ bitrate: BITRATE });
  const packets = [];
  for (let at = 0; at < pcm.length; at += 2 * FRAME) packets.push(encoder.encode(pcm.subarray(at, at + 2 * FRAME)));
  encoder.free();
  return packets;
}

function ogg(packets) {
  const writer = new OggOpusWriter({ serial: SERIAL, comments: { TITLE: 'Loopback', ARTIST: 'rxvoice', GENRE: 'Ambient' } });
  return Buffer.concat([writer.header(), ...packets.flatMap((packet) => writer.write(packet)), ...writer.end()]);
}

const target = process.argv[2] ?? fileURLToPath(new URL('./song.opus', import.meta.url));
const packets = encode(toPcm());
const file = ogg(packets);
writeFileSync(target, file);
console.log(`${packets.length} packets, ${file.length} bytes, ${Math.round((file.length * 8) / SECONDS / 1000)} kbit/s`);
