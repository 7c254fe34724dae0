/** Puts all speakers on one clock, one block at a time. */
import { amount, count, fields, type Check } from '../../checks/check.js';
import { FRAME_MS, SAMPLES_PER_MS } from '../../protocol/silence.js';
import { mixPcm } from '../pcm/mix.js';
import { CHANNELS, type AlignedAudio, type PcmFrame } from '../pcm/pcm.js';
import { MonotonicTime } from '../timing/monotonic-time.js';
import type { Place } from '../timing/timeline.js';
import { MAX_STREAMS } from '../ssrc-table.js';
import { SpeakerTrack } from './speaker-track.js';

/** Options of the alignment. */
export interface AlignOptions {
  /** The length of a block, in whole ms. Default 20. */
  readonly block?: number;
  /**
   * How long after its end a block is given, in ms. Audio that arrives later is cut off and counted. It should be more than the longest
   * delay of the jitter buffer before it. Default 250.
   */
  readonly delay?: number;
  /** How far RTP time and arrival may differ, in ms, before a speaker's offset to the clock is measured again. Default 60. */
  readonly bound?: number;
  /** A speaker not heard for this long, in ms, is left out of the blocks. Default 600 000, ten minutes. */
  readonly forget?: number;
  /** Maximum number of SSRCs. Above it, the one not heard for longest is forgotten. Default 256. */
  readonly maxSpeakers?: number;
}

/** The defaults of the alignment, in ms (`maxSpeakers` is a number of SSRCs). */
export const DEFAULT_ALIGNMENT = {
  block: FRAME_MS,
  delay: 250,
  bound: 60,
  forget: 600_000,
  maxSpeakers: MAX_STREAMS,
} as const satisfies Required<AlignOptions>;

const MORE_THAN_NOTHING = amount('a number of milliseconds, more than 0', Number.MIN_VALUE);
export const ALIGNMENT = {
  block: count('a whole number of milliseconds, 1 or more', 1),
  delay: amount('a number of milliseconds, 0 or more', 0, Number.MAX_VALUE),
  bound: MORE_THAN_NOTHING,
  forget: MORE_THAN_NOTHING,
  maxSpeakers: amount('a number of SSRCs, 1 or more', 1),
} satisfies Readonly<Record<keyof AlignOptions, Check>>;
const checkAlignment = fields(ALIGNMENT);

/** A step back of the clock by more than this is a change of the clock, not an imprecise time; ms. */
const STEP_MS = 1_000;
/** After a longer stall than this, missed blocks are skipped instead of given one after the other; ms. */
const MAX_BEHIND_MS = 5_000;

interface Speaker {
  readonly track: SpeakerTrack;
  key: string;
}

/**
 * Puts the frames of any number of speakers on one clock. It is a pure step without timers. The first block begins with the first sample of
 * any speaker. Within a talk spurt, RTP time gives the position of each frame, and the arrival of the fastest packets ties RTP time to the
 * clock; `Timeline` says when that is measured again. Speakers line up as exactly as the delays of their fastest packets agree.
 *
 * Memory is bounded by `maxSpeakers`, and by 500 frames (10 s) per speaker if `advance()` is not called.
 */
export class SpeakerAlignment {
  readonly #block: number;
  readonly #delay: number;
  readonly #bound: number;
  readonly #forget: number;
  readonly #maxSpeakers: number;
  readonly #silence: Int16Array;
  readonly #speakers = new Map<number, Speaker>();
  /** The time base of all samples; when the clock is set back, it continues as if it had not been. */
  readonly #clock = new MonotonicTime(STEP_MS);
  /** Arrival of the first frame, until the first block; monotonic ms. */
  #first: number | undefined;
  /** Where the first block began, and (`#next`) where the next one begins; in samples of the clock. */
  #origin = 0;
  #next: number | undefined;
  #late = 0;

  /** @throws VoiceOptionsError for an unknown option, or one that is out of range */
  constructor(options: AlignOptions = {}) {
    checkAlignment('', options);
    const {
      block = DEFAULT_ALIGNMENT.block,
      delay = DEFAULT_ALIGNMENT.delay,
      bound = DEFAULT_ALIGNMENT.bound,
      forget = DEFAULT_ALIGNMENT.forget,
      maxSpeakers = DEFAULT_ALIGNMENT.maxSpeakers,
    } = options;
    this.#block = block * SAMPLES_PER_MS;
    this.#silence = new Int16Array(this.#block * CHANNELS);
    this.#delay = delay;
    this.#bound = bound * SAMPLES_PER_MS;
    this.#forget = forget;
    this.#maxSpeakers = maxSpeakers;
  }

  /** When the next block is due, in ms of the clock; undefined before the first frame. */
  get due(): number | undefined {
    const begin = this.#next === undefined ? this.#first : this.#next / SAMPLES_PER_MS;
    return begin === undefined ? undefined : this.#clock.toClock(begin + this.#block / SAMPLES_PER_MS + this.#delay);
  }

  /** Takes a frame; the frames of an SSRC must come in order. `advance()` gives the blocks. */
  push(frame: PcmFrame): void {
    const time = this.#clock.read(frame.arrival);
    this.#first ??= time;
    this.#trackOf(frame).push(frame, Math.round(time * SAMPLES_PER_MS));
  }

  /** Takes a frame whose position is known, in samples of the clock: nothing is estimated then. */
  put(frame: PcmFrame, place: Place): void {
    this.#first ??= place.at / SAMPLES_PER_MS;
    this.#trackOf(frame).put(frame.pcm, place);
  }

  /**
   * The blocks that are due. After a stall of more than 5 s the blocks continue at the present: their `index` shows how much was left
   * out. If the clock was set back, they continue as if it had not been.
   */
  advance(now: number): AlignedAudio[] {
    const time = this.#clock.read(now);
    const blocks: AlignedAudio[] = [];
    for (let due = this.due; due !== undefined && due <= now; due = this.due) {
      this.#next ??= this.#origin = this.#begin();
      const behind = time - this.#delay - (this.#next + this.#block) / SAMPLES_PER_MS;
      if (behind > MAX_BEHIND_MS) this.#next += Math.floor((behind * SAMPLES_PER_MS) / this.#block) * this.#block;
      blocks.push(this.#give(this.#next));
      this.#next += this.#block;
    }
    return blocks;
  }

  /** The rest, at the end: the blocks up to the last sample of any speaker. */
  flush(): AlignedAudio[] {
    const ends = [...this.#speakers.values()].flatMap(({ track }) => track.end ?? []);
    if (ends.length === 0) return [];
    const last = Math.max(...ends) + this.#block - 1;
    return this.advance(this.#clock.toClock(last / SAMPLES_PER_MS + this.#delay));
  }

  #give(begin: number): AlignedAudio {
    const speakers = new Map<string, Int16Array>();
    const silence = this.#silence;
    for (const [ssrc, { track, key }] of this.#speakers) {
      const pcm = track.take(begin, this.#block);
      this.#late += track.takeLate();
      const other = speakers.get(key);
      // One user may have two SSRCs for a moment: the end of the old one, and the start of the new one.
      if (other === undefined || other === silence) speakers.set(key, pcm ?? silence);
      else if (pcm !== undefined) speakers.set(key, mixPcm([other, pcm]));
      if (begin - track.heard > this.#forget * SAMPLES_PER_MS) this.#speakers.delete(ssrc);
    }
    const late = this.#late;
    this.#late = 0;
    return { at: this.#clock.toClock(begin / SAMPLES_PER_MS), index: begin - this.#origin, samples: this.#block, speakers, silence, late };
  }

  /** Where the first block begins: at the earliest sample, which need not be in the frame that arrived first. */
  #begin(): number {
    const first = Math.round(this.#first! * SAMPLES_PER_MS);
    return Math.min(first, ...[...this.#speakers.values()].map(({ track }) => track.begin ?? first));
  }

  #trackOf({ ssrc, userId }: PcmFrame): SpeakerTrack {
    let speaker = this.#speakers.get(ssrc);
    const key = userId ?? speaker?.key ?? `ssrc:${ssrc}`;
    if (speaker === undefined) {
      if (this.#speakers.size >= this.#maxSpeakers) this.#forgetOldest();
      this.#speakers.set(ssrc, (speaker = { track: new SpeakerTrack(this.#bound), key }));
    }
    speaker.key = key;
    return speaker.track;
  }

  #forgetOldest(): void {
    let oldest: number | undefined;
    let heard = Infinity;
    for (const [ssrc, { track }] of this.#speakers) {
      if (track.heard >= heard) continue;
      heard = track.heard;
      oldest = ssrc;
    }
    if (oldest !== undefined) this.#speakers.delete(oldest);
  }
}
