/** Minutes of three speakers who take turns, over a network with jitter and loss, in virtual time. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordTo, type RecordingEvent } from '../../../../src/audio/index.js';
import { collect } from '../../../support/collect.js';
import { memoryDisk, oggPackets, parseWav, prismPackets, probedDuration, toolComplaints, type MemoryDisk } from '../../../support/recordings.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { createOpusDecoder, oggOpus } from '../../../../src/audio/index.js';
import { opusPacketSamples } from '../../../../src/protocol/opus-packet.js';
import type { VoicePacket } from '../../../../src/index.js';
import { MS, packet, timed, toneFrames } from './stage.js';

/** `RXVOICE_MINUTES=10` and more is the long form: a minute takes more than a second to decode and check. */
const MINUTES = Number(process.env['RXVOICE_MINUTES'] ?? 4);
/** Of one turn: 2 s of tone, and five silence frames. */
const TONE_FRAMES = 100;
const SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);
const USERS = ['101', '102', '103'];
const HERTZ = [330, 550, 880];

/** Samples that a player of these Ogg files skips. */
const PRE_SKIP = 120;
/** The look-ahead of libopus: the decoded sound is later by this much. */
const CODEC_MS = 312 / 48;

interface Turn {
  readonly user: number;
  /** When it was spoken; ms from the start of the recording. */
  readonly at: number;
}

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Turns with gaps of half a second to six seconds, not aligned to frames. */
function turnsOf(next: () => number): Turn[] {
  const turns: Turn[] = [];
  for (let at = 700; at + 3_000 < MINUTES * 60_000; at += 2_500 + Math.floor(next() * 6_000)) turns.push({ user: turns.length % 3, at });
  return turns;
}

/** What arrives, and when: RTP time advances in the gaps, sequence numbers do not. */
function arrivals(turns: readonly Turn[], next: () => number): [number, VoicePacket][] {
  const tones = HERTZ.map((hertz) => toneFrames(TONE_FRAMES, hertz));
  const sequences = [60_000, 20, 900];
  const sent: [number, VoicePacket][] = [];
  for (const { user, at } of turns) {
    const frames = [...tones[user]!, ...Array.from({ length: 5 }, () => SILENCE)];
    frames.forEach((frame, i) => {
      const sequence = sequences[user]!++ & 0xffff;
      const lost = i > 3 && i < TONE_FRAMES - 3 && next() < 0.01;
      const arrival = at + 20 * i + 3 + Math.floor(next() * 12);
      const timestamp = (4_000_000_000 + user * 1e8 + (at + 20 * i) * MS) >>> 0;
      const fields = { userId: USERS[user]!, ssrc: 500 + user, sequence, timestamp, arrival, frame };
      if (!lost) sent.push([arrival, packet(at, fields)]);
    });
  }
  return sent.sort(([a], [b]) => a - b);
}

/** Where sound begins after at least 100 ms of silence; ms. */
function onsets(pcm: Int16Array): number[] {
  const found: number[] = [];
  let quiet = 100 * 48;
  for (let i = 0; i < pcm.length; i += 2) {
    if (Math.abs(pcm[i]!) < 1_500) {
      quiet += 1;
      continue;
    }
    if (quiet >= 100 * 48) found.push(i / 96);
    quiet = 0;
  }
  return found;
}

async function decoded(file: Uint8Array): Promise<Int16Array> {
  const decoder = createOpusDecoder();
  const { items } = await collect(oggOpus(file));
  const pcm = new Int16Array(2 * items.reduce((sum, one) => sum + Number(opusPacketSamples(one)), 0));
  let at = 0;
  for (const one of items) {
    const piece = decoder.decode(one);
    pcm.set(piece, at);
    at += piece.length;
  }
  decoder.free();
  return pcm;
}

describe(`three speakers in turns, ${MINUTES} minutes`, () => {
  let folder: string;
  let disk: MemoryDisk;
  let turns: Turn[];
  const told: RecordingEvent[] = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rxvoice-'));
    const next = random(20_261_121);
    turns = turnsOf(next);
    const packets = arrivals(turns, next);
    disk = memoryDisk();
    virtualTime(({ flush }) => {
      timed(packets)
        .pipe(recordTo(disk.open, { files: ['user-ogg', 'user-wav', 'mix-wav'] }))
        .subscribe((event) => told.push(event));
      flush();
    });
  }, 90_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  const wanted = (user: number): number[] => turns.filter((turn) => turn.user === user).map(({ at }) => at);

  /** Within one frame, including network delays of 3 to 14 ms. The codec's delay is inside the packets, however exactly they are placed. */
  function expectOnsets(pcm: Int16Array, at: readonly number[]): void {
    const heard = onsets(pcm);
    expect(heard).toHaveLength(at.length);
    const off = heard.map((onset, i) => onset - CODEC_MS - at[i]!);
    expect(Math.max(...off.map(Math.abs))).toBeLessThanOrEqual(20);
  }

  it.each([0, 1, 2])('the WAV of speaker %i has each turn within 20 ms of where it was spoken', (user) => {
    expect(turns.length).toBeGreaterThan(9 * MINUTES);
    expectOnsets(parseWav(disk.files.get(`${USERS[user]}.wav`)!).pcm, wanted(user));
  });

  it.each([0, 1, 2])('so has his Ogg file, which strangers read alike', async (user) => {
    const file = disk.files.get(`${USERS[user]}.ogg`)!;
    const pcm = await decoded(file);
    expectOnsets(pcm, wanted(user));
    const packets = oggPackets(file);
    const prism = await prismPackets(file);
    expect(prism.length).toBe(packets.length);
    expect(prism.every((one, i) => Buffer.compare(one, packets[i]!) === 0)).toBe(true);
    const path = join(folder, `${user}.ogg`);
    writeFileSync(path, file);
    expect(toolComplaints(path)).toEqual([]);
    const seconds = pcm.length / 96_000;
    expect(Math.abs((probedDuration(path) ?? seconds) - seconds)).toBeLessThan(0.02);

    // A player of the file must hear what the WAV file contains.
    const played = pcm.subarray(2 * PRE_SKIP);
    const { pcm: wav } = parseWav(disk.files.get(`${USERS[user]}.wav`)!);
    const inWav = onsets(wav);
    const apart = onsets(played).map((at, i) => Math.abs(at - inWav[i]!));
    expect(Math.max(...apart)).toBeLessThan(12.5);
    // The first turn has no loss at its start, so both are identical there.
    const first = wanted(user)[0]! * MS;
    expect(played.subarray(2 * first, 2 * first + 3_840).join()).toBe(wav.subarray(2 * first, 2 * first + 3_840).join());
  });

  it('the mix has all turns in their places', () => {
    const file = disk.files.get('mix.wav')!;
    expectOnsets(parseWav(file).pcm, turns.map(({ at }) => at));
    const path = join(folder, 'mix.wav');
    writeFileSync(path, file);
    expect(toolComplaints(path)).toEqual([]);
  });

  it('the accounts add up', () => {
    const closed = told.filter((event) => event.type === 'file-closed');
    expect(closed.map(({ path }) => path).sort()).toEqual([...disk.files.keys()].sort());
    for (const { kind, userId, packets, lost, late, dropped, concealed } of closed) {
      if (kind === 'mix-wav') continue;
      const sent = wanted(USERS.indexOf(userId!)).length * (TONE_FRAMES + 5);
      expect([late, dropped]).toEqual([0, 0]);
      expect(lost).toBeGreaterThan(MINUTES);
      expect(packets + (kind === 'user-ogg' ? lost : 0)).toBe(sent);
      expect(concealed).toBe(kind === 'user-ogg' ? 0 : lost);
    }
  });
});
