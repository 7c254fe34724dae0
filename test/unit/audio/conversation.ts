/** A conversation as it comes out of the decoder: who said what when, and what is heard of it when. */
import type { AlignedAudio, PcmFrame } from '../../../src/audio/index.js';

/** What the network and the senders' clocks do. */
export interface ConversationOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly speakers: number;
  /** The most by which a packet is later than the quickest one; ms. */
  readonly jitter: number;
  /** Share of packets that are lost and then concealed. */
  readonly loss: number;
  /** Maximum deviation of the senders' clocks, faster or slower; parts per million. */
  readonly drift: number;
  /** Whether RTP time stands still in pauses, as with some bots. */
  readonly standsStill: boolean;
}

/** One frame: when it is given to the alignment, and when its first sample was sent (plus the quickest network delay), in ms. */
export interface Sent {
  readonly given: number;
  readonly heard: number;
  readonly frame: PcmFrame;
  /** The value of all its samples; two consecutive frames of a speaker have different marks. 0 is silence. */
  readonly mark: number;
}

const START = 1_700_000_000_000;
const WAY_MS = 30;

/** A small generator of numbers from 0 to 1 (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Speakers take turns, with gaps and five silence frames at the end of each turn. */
export function conversation(options: ConversationOptions): Sent[] {
  const { seed, seconds, speakers, jitter, loss, drift, standsStill } = options;
  const next = random(seed);
  const senders = Array.from({ length: speakers }, (_, i) => ({
    userId: `${100 + i}`,
    ssrc: 1_000 + i,
    rate: 1 + (drift * (2 * next() - 1)) / 1e6,
    base: Math.floor(next() * 2 ** 32),
    rtp: 0,
    fed: 0,
    path: 0,
    marks: 0,
  }));
  const all: Sent[] = [];
  let at = 0;
  for (let turn = 0; at < seconds * 1_000; turn++) {
    const sender = senders[turn % speakers]!;
    if (!standsStill || sender.marks === 0) sender.rtp = Math.round(at * sender.rate * 48);
    const frames = 5 + Math.floor(next() * 400);
    for (let i = 0; i < frames + 5; i++) {
      const heard = START + WAY_MS + at;
      const isLost = i > 0 && next() < loss;
      // Most packets are a little late, a few are very late.
      const late = next() ** 3 * jitter;
      const mark = i < frames ? 200 + (sender.marks++ % 30_000) : 0;
      if (!isLost) sender.path = late;
      const arrival = heard + sender.path;
      sender.fed = Math.max(sender.fed, arrival);
      const timestamp = (sender.base + sender.rtp) >>> 0;
      const { userId, ssrc } = sender;
      const frame = { userId, ssrc, timestamp, arrival, pcm: new Int16Array(1920).fill(mark), concealed: isLost };
      all.push({ given: sender.fed, heard, mark, frame });
      sender.rtp += 960;
      // 20 ms by the sender's clock.
      at += 20 / sender.rate;
    }
    at += next() < 0.3 ? 60 : next() * 4_000;
  }
  return all.sort((a, b) => a.given - b.given);
}

/** Whether all samples of a channel are the same: then each pair equals the previous one. */
function isUniform({ buffer, byteOffset, byteLength }: Int16Array): boolean {
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  return bytes.subarray(4).equals(bytes.subarray(0, -4));
}

/** The time in the blocks, in ms of the clock, at which each mark of a speaker begins, in order. */
export function onsets(blocks: readonly AlignedAudio[], userId: string): { readonly mark: number; readonly at: number }[] {
  const found: { mark: number; at: number }[] = [];
  let before = 0;
  for (const { at, speakers } of blocks) {
    const pcm = speakers.get(userId);
    // Most blocks contain no onset: a uniform block is checked at once.
    const end = pcm === undefined ? 0 : isUniform(pcm) ? Math.min(2, pcm.length) : pcm.length;
    for (let i = 0; i < end; i += 2) {
      const mark = pcm![i]!;
      if (mark !== before && mark !== 0) found.push({ mark, at: at + i / 96 });
      before = mark;
    }
  }
  return found;
}
