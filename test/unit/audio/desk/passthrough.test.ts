/** One untouched Opus track: its own packets are passed on. Entering and leaving this mode neither clicks nor loses a sample, as decoded. */
import { describe, expect, it } from 'vitest';
import { createOpusDecoder, createOpusEncoder, desk, pcmFilter, type TrackHandle, type TrackOptions } from '../../../../src/audio/index.js';
import type { OpusFrame } from '../../../../src/types.js';
import { decibels, difference, loudestClick } from './clicks.js';
import { FRAME, heard, Listener, packets, pieces, tone } from './stage.js';

const FULL_SCALE = 32_768;
const COUNT = 80;
/** Tones that fade in and out softly: the song itself has no click. */
const sound = soft(sum(tone(440, COUNT * FRAME), tone(997, COUNT * FRAME, 0.15)));
const song = packets(sound);
const ideal = heard(song);
/** A click must be below this. The encoder's effect on a mixture of these tones is another 25 dB lower. */
const CLICK = -60;

function sum(a: Int16Array, b: Int16Array): Int16Array {
  return a.map((sample, i) => sample + (b[i] ?? 0));
}

/** `p`: a packet of the song, `m`: one of a mixture, `-`: a rest. */
async function letters(listener: Listener, frames: number): Promise<string> {
  return (await listener.pull(frames)).map((one) => (one === 'rest' ? '-' : song.includes(one) ? 'p' : 'm')).join('');
}

function scene(options: TrackOptions = {}, frames: readonly OpusFrame[] = song) {
  const made: string[] = [];
  const mixer = desk({
    whenEmpty: 'end',
    codec: () => {
      made.push('decoder');
      return createOpusDecoder();
    },
  });
  const listener = new Listener(mixer);
  const track = mixer.add(frames, { id: 'song', ...options });
  return { mixer, listener, track, made };
}

describe('passthrough', () => {
  it('of a track alone: all of its packets, and nothing is decoded', async () => {
    const { listener, made } = scene();
    await listener.toRest();
    expect(listener.frames).toEqual(song);
    expect(made).toEqual([]);
    expect(listener.told('passthrough', 'started', 'ended')).toEqual(['0 passthrough song', '0 started song 0/0', '1600 ended song 1600/1600 end', '1600 passthrough -']);
  });

  it('of songs one after the other, and of one that is looped: the very packets across the joints', async () => {
    const { mixer, listener } = scene({ loop: 1 });
    mixer.add(song, { id: 'next', after: 'song' });
    await listener.toRest();
    expect(listener.frames).toEqual([...song, ...song, ...song]);
  });

  it('out of it and in again, while another sound joins and leaves: no sample is lost, and there is no click', async () => {
    const { mixer, listener } = scene({ loop: 0 });
    expect(await letters(listener, 21)).toBe(`-${'p'.repeat(20)}`);
    const other = tone(600, 10 * FRAME);
    mixer.add(pieces(other), { id: 'other', fadeIn: 40, fadeOut: 40 });
    // One more while the other opens, ten mixed, and four until the listeners' decoder is in the state that the song's own packets need.
    expect(await letters(listener, 20)).toBe(`p${'m'.repeat(13)}${'p'.repeat(6)}`);
    await listener.toRest();
    expect(listener.frames).toHaveLength(COUNT);
    const output = heard(listener.frames);
    const mixture = Float64Array.from(ideal);
    for (let i = 0; i < other.length; i++) mixture[21 * 2 * FRAME + i]! += other[i]! * fadedGain(i >> 1, 10 * FRAME);
    const errors = listener.frames.map((_, i) => difference(output, mixture, FULL_SCALE, i * 2 * FRAME, (i + 1) * 2 * FRAME));
    // Exact before the mixture; coding noise during it; and less than that from the first passed packet on.
    expect(Math.max(...errors.slice(0, 21))).toBeLessThan(-150);
    expect(Math.max(...errors.slice(21, 34))).toBeLessThan(-45);
    expect(Math.max(...errors.slice(34))).toBeLessThan(Math.max(...errors.slice(21, 34)));
    expect(Math.max(...errors.slice(60))).toBeLessThan(-90);
    expect(loudestClick(output, FULL_SCALE)).toBeLessThan(CLICK);
  });

  const half = pcmFilter(() => ({ step: (samples) => samples.map((sample) => sample / 2) }));
  it.each<[string, (track: TrackHandle) => void, (track: TrackHandle) => void, RegExp]>([
    ['a volume', (track) => track.volume(0.5), (track) => track.volume(1), /^m{15}m{5}p+$/],
    ['a mute', (track) => track.mute(), (track) => track.mute(false), /^m{15}m{5}p+$/],
    ['ducking', (track) => track.duck(), (track) => track.duck(false), /^m{15}m{24}p+$/],
    ['a filter', (track) => track.filters([half]), (track) => track.filters([]), /^m{15}m{5}p+$/],
    ['a pause', (track) => track.pause(), (track) => track.resume(), /^m-{14}m{5}p+$/],
    ['a seek', (track) => track.seek(400), () => undefined, /^pm{4}p+$/],
  ])('%s ends it, and it comes again', async (_, change, back, expected) => {
    const { listener, track } = scene({ loop: 1 });
    await letters(listener, 21);
    change(track);
    const changed = await letters(listener, 15);
    back(track);
    expect(changed + (await letters(listener, 40))).toMatch(expected);
    await listener.toRest();
    expect(loudestClick(heard(listener.frames), FULL_SCALE)).toBeLessThan(CLICK);
  });

  it.each<[string, TrackOptions, RegExp]>([
    ['in its middle', { start: 400 }, /^-m{5}p+$/],
    ['with a fade', { fadeIn: 100 }, /^-m{9}p+$/],
    ['not at full volume', { volume: 0.9 }, /^-m+$/],
    ['with a filter', { filters: [half] }, /^-m+$/],
    ['paused', { paused: true }, /^-+$/],
  ])('of a track that begins %s', async (_, options, expected) => {
    const { listener } = scene(options);
    expect(await letters(listener, 40)).toMatch(expected);
    expect(loudestClick(heard(listener.frames), FULL_SCALE)).toBeLessThan(CLICK);
  });

  it('of a track that begins in its middle, or is sought: it sounds there as it does in the whole', async () => {
    const { listener, track } = scene({ start: 400 });
    await listener.pull(25);
    track.seek(1_200);
    await listener.toRest();
    const output = heard(listener.frames);
    // One frame of silence, then from the 20th packet on; the first has faded in within 5 ms.
    expect(difference(output.subarray(2 * FRAME * 2), ideal.subarray(2 * FRAME * 21), FULL_SCALE, 0, 2 * FRAME * 5)).toBeLessThan(-40);
    const behind = listener.frames.length - 19;
    expect(difference(output.subarray(2 * FRAME * behind), ideal.subarray(2 * FRAME * 61), FULL_SCALE, 0, 2 * FRAME * 5)).toBeLessThan(-40);
  });

  it('begins where a mixture is over, and ends in one where a source stalls', async () => {
    let stall = false;
    const mixer = desk();
    const listener = new Listener(mixer);
    mixer.add((async function* () {
      for (const packet of song) {
        if (stall) await new Promise<void>((resolve) => (go = resolve));
        yield packet;
      }
    })(), { id: 'song' }); // prettier-ignore
    let go: () => void = () => undefined;
    expect(await letters(listener, 11)).toBe(`-${'p'.repeat(10)}`);
    stall = true;
    // What was read ahead is passed; the fade out is mixed.
    expect(await letters(listener, 30)).toMatch(/^p+m-+$/);
    stall = false;
    go();
    expect(await letters(listener, 20)).toMatch(/^m{5}p+$/);
    listener.leave();
    expect(loudestClick(heard(listener.frames), FULL_SCALE)).toBeLessThan(CLICK);
  });

  it('of speech in SILK packets: from their start, and not in their middle, where their decoder would have to be in a state that cannot be made', async () => {
    const encoder = createOpusEncoder({ bitrate: 16_000, application: 'voip' });
    const voice = pieces(sound).map((block) => encoder.encode(block));
    encoder.free();
    expect(voice.some((packet) => packet[0]! >> 3 < 16)).toBe(true);
    const { listener, track } = scene({}, voice);
    await listener.pull(21);
    track.volume(0.5);
    await listener.pull(10);
    track.volume(1);
    await listener.pull(30);
    const passed = listener.frames.map((frame) => voice.includes(frame));
    expect([passed.slice(0, 20), passed.slice(20)]).toEqual([Array(20).fill(true), Array(40).fill(false)]);
  });

  it('not of packets of another length: they are decoded, and as long', async () => {
    const encoder = createOpusEncoder();
    const short = pieces(sound, 480).map((block) => encoder.encode(block));
    encoder.free();
    const { listener } = scene({}, short);
    await listener.toRest();
    expect(listener.frames).toHaveLength(1 + COUNT);
    expect(difference(heard(listener.frames).subarray(2 * FRAME), heard(short), FULL_SCALE)).toBeLessThan(-40);
  });
});

it('a click would be told', () => {
  const broken = ideal.slice();
  broken.set(ideal.subarray(2 * FRAME * 30 + 20), 2 * FRAME * 30);
  expect(loudestClick(ideal, FULL_SCALE)).toBeLessThan(CLICK);
  expect(loudestClick(broken, FULL_SCALE)).toBeGreaterThan(CLICK);
  expect(decibels(0.5)).toBeCloseTo(-6, 1);
});

/** Fades in by a sine and out by a cosine, 40 ms each. */
function fadedGain(sample: number, length: number): number {
  const fade = 2 * FRAME;
  return Math.sin(((Math.PI / 2) * Math.min(sample, length - sample, fade)) / fade);
}

/** With 40 ms of half a cosine at each end. */
function soft(pcm: Int16Array): Int16Array {
  const fade = 4 * FRAME;
  return pcm.map((sample, i) => Math.round(sample * (0.5 - 0.5 * Math.cos((Math.PI * Math.min(i, pcm.length - 1 - i, fade)) / fade))));
}
