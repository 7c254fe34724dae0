/** Where on the session's clock the audio of one SSRC belongs: RTP time, tied to the arrival of its packets. */
import { SAMPLES_PER_FRAME, SAMPLES_PER_MS } from '../../protocol/silence.js';
import { CHANNELS, type PcmFrame } from '../pcm/pcm.js';
import { SlidingMinimum } from '../timing/sliding-minimum.js';

/** Packets in half of the window in which the quickest one is looked for: 10 s. */
const WINDOW = 500;
/** No network is late by so much: RTP time has jumped. */
const JUMP = 2_000 * SAMPLES_PER_MS;
/** Late for so long, frame after frame, and RTP time stood still; the burst after a stall of the network is over sooner. */
const LATE_FOR = 500 * SAMPLES_PER_MS;
/** Packets that come after silence, so much later than they should, come after a pause that RTP time may not show. */
const PAUSE = 100 * SAMPLES_PER_MS;
/** Drift that is worth a correction: 5 ms. */
const DRIFT = 5 * SAMPLES_PER_MS;
/** No louder than this (-60 dB) at its end, a frame ends a spurt. */
const QUIET = 32;
const TAIL = 240 * CHANNELS;
/** Frames that may wait: 10 s of 20 ms, when nobody takes them. */
const MAX_WAITING = 500;

interface Waiting {
  /** RTP time of the first sample, unwrapped, from the first packet on. */
  readonly rtp: number;
  readonly pcm: Int16Array;
  /** Arrival less RTP time. */
  readonly path: number;
  /** Whether it arrived at all. */
  readonly heard: boolean;
}

interface Chunk {
  readonly at: number;
  readonly pcm: Int16Array;
}

/**
 * The pieces of one speaker in samples of the session's clock.
 *
 * A spurt is tied to the clock when its first block is due: by the quickest of the packets until then, so that a first packet that
 * was slow moves nothing. From there on RTP time rules. Beyond `bound` it does not: earlier than that, late for half a second, or
 * two seconds off, and the spurt is tied afresh. Within it, the drift of the two clocks is put right in the next pause; without a
 * pause by one sample a frame, left out or doubled, which is 1 in 960 at most and not heard.
 */
export class SpeakerTimeline {
  readonly #bound: number;
  readonly #paths = new SlidingMinimum(WINDOW);
  #offset: number | undefined;
  #waiting: Waiting[] = [];
  /** Whether the spurt is tied to the clock, so that frames are placed as they come. */
  #tied = false;
  #chunks: Chunk[] = [];
  #timestamp: number | undefined;
  #rtp = 0;
  #rtpEnd = 0;
  /** The end of what was placed last, in RTP time. */
  #placedEnd: number | undefined;
  #arrival = 0;
  #quiet = true;
  #lateSince: number | undefined;
  #late = 0;

  /** @param bound in samples: what arrival and RTP time may differ by */
  constructor(bound: number) {
    this.#bound = bound;
  }

  /** Arrival of the last packet, in samples of the clock. */
  get heard(): number {
    return this.#arrival;
  }

  /** Where the first piece that waits belongs; undefined when none does. */
  get begin(): number | undefined {
    const [first] = this.#waiting;
    return this.#chunks[0]?.at ?? (first && first.rtp + this.#wouldTie());
  }

  /** The end of the last piece that waits. */
  get end(): number | undefined {
    const last = this.#waiting.at(-1);
    if (last !== undefined) return last.rtp + this.#wouldTie() + last.pcm.length / CHANNELS;
    const chunk = this.#chunks.at(-1);
    return chunk && chunk.at + chunk.pcm.length / CHANNELS;
  }

  /** @param arrival in samples of the clock, whole */
  push(frame: PcmFrame, arrival: number): void {
    const { timestamp, pcm, concealed } = frame;
    const rtp = this.#timestamp === undefined ? 0 : this.#rtp + ((timestamp - this.#timestamp) | 0);
    const path = arrival - rtp;
    if (!concealed) {
      this.#compare(rtp, path, arrival);
      this.#paths.add(path);
      this.#arrival = arrival;
    }
    if (this.#tied) this.#place(rtp, pcm);
    else this.#waiting.push({ rtp, pcm, path, heard: !concealed });
    if (this.#waiting.length > MAX_WAITING) this.#tie();
    this.#timestamp = timestamp;
    this.#rtp = rtp;
    this.#rtpEnd = rtp + pcm.length / CHANNELS;
    this.#quiet = isQuiet(pcm);
  }

  /**
   * The samples from `from` on, interleaved; undefined when there is nothing but silence. What belongs before is dropped, and
   * counted as late.
   */
  take(from: number, samples: number): Int16Array | undefined {
    const to = from + samples;
    const [first] = this.#waiting;
    if (first !== undefined && first.rtp + this.#wouldTie() < to) this.#tie();
    if (this.#chunks.length === 0) return undefined;
    let block: Int16Array | undefined;
    const kept: Chunk[] = [];
    for (const chunk of this.#chunks) {
      const { at, pcm } = chunk;
      const end = at + pcm.length / CHANNELS;
      if (at < from) this.#late += Math.min(end, from) - at;
      const begin = Math.max(at, from);
      const stop = Math.min(end, to);
      if (begin < stop) {
        block ??= new Int16Array(samples * CHANNELS);
        block.set(pcm.subarray((begin - at) * CHANNELS, (stop - at) * CHANNELS), (begin - from) * CHANNELS);
      }
      if (end > to) kept.push(at >= to ? chunk : { at: to, pcm: pcm.subarray((to - at) * CHANNELS) });
    }
    this.#chunks = kept;
    return block;
  }

  /** Samples that came too late since this was asked last. */
  takeLate(): number {
    const late = this.#late;
    this.#late = 0;
    return late;
  }

  /** The clock was set: all that was reckoned by it moves along. */
  shift(samples: number): void {
    const { least } = this.#paths;
    this.#paths.clear();
    if (Number.isFinite(least)) this.#paths.add(least + samples);
    if (this.#offset !== undefined) this.#offset += samples;
    if (this.#lateSince !== undefined) this.#lateSince += samples;
    this.#arrival += samples;
    this.#waiting = this.#waiting.map((waiting) => ({ ...waiting, path: waiting.path + samples }));
    this.#chunks = this.#chunks.map(({ at, pcm }) => ({ at: at + samples, pcm }));
  }

  /** Unties the spurt where a new one begins, or where RTP time and arrival no longer agree. */
  #compare(rtp: number, path: number, arrival: number): void {
    const paused = rtp - this.#rtpEnd >= SAMPLES_PER_FRAME || (this.#quiet && arrival - this.#arrival > PAUSE);
    if (paused) {
      this.#untie();
      return;
    }
    const tiedBy = this.#tied ? this.#offset : this.#waiting.length > 0 ? this.#wouldTie() : undefined;
    if (tiedBy === undefined) return;
    const behind = path - tiedBy;
    this.#lateSince = behind > this.#bound ? (this.#lateSince ?? arrival) : undefined;
    const standsStill = this.#lateSince !== undefined && arrival - this.#lateSince > LATE_FOR;
    if (Math.abs(behind) > JUMP || standsStill || (this.#tied && behind < -this.#bound)) {
      this.#untie();
      this.#offset = undefined;
      this.#paths.clear();
    }
  }

  #untie(): void {
    if (this.#waiting.length > 0) this.#tie();
    this.#tied = false;
    this.#lateSince = undefined;
  }

  /** What ties the frames that wait to the clock, as far as is known. */
  #wouldTie(): number {
    const heard = this.#waiting.filter((waiting) => waiting.heard);
    const quickest = Math.min(...(heard.length > 0 ? heard : this.#waiting).map(({ path }) => path));
    if (this.#offset === undefined || Math.abs(quickest - this.#offset) > this.#bound) return quickest;
    return Math.min(quickest, this.#paths.least);
  }

  #tie(): void {
    const offset = this.#wouldTie();
    const waiting = this.#waiting;
    if (this.#offset !== undefined && Math.abs(offset - this.#offset) > this.#bound) {
      this.#paths.clear();
      for (const { path, heard } of waiting) if (heard) this.#paths.add(path);
    }
    this.#offset = offset;
    this.#tied = true;
    this.#waiting = [];
    for (const { rtp, pcm } of waiting) this.#place(rtp, pcm);
  }

  #place(rtp: number, pcm: Int16Array): void {
    const at = rtp + this.#offset!;
    const drift = this.#paths.least - this.#offset!;
    let piece = pcm;
    if (rtp === this.#placedEnd && Math.abs(drift) > DRIFT && Number.isFinite(drift)) {
      piece = drift > 0 ? doubleFirst(pcm) : pcm.subarray(CHANNELS);
      this.#offset! += Math.sign(drift);
    }
    this.#placedEnd = rtp + pcm.length / CHANNELS;
    this.#chunks.push({ at, pcm: piece });
    if (this.#chunks.length > MAX_WAITING) this.#late += this.#chunks.shift()!.pcm.length / CHANNELS;
  }
}

function isQuiet(pcm: Int16Array): boolean {
  for (let i = Math.max(0, pcm.length - TAIL); i < pcm.length; i++) if (Math.abs(pcm[i]!) > QUIET) return false;
  return true;
}

/** One sample more: the first one twice. */
function doubleFirst(pcm: Int16Array): Int16Array {
  const longer = new Int16Array(pcm.length + CHANNELS);
  longer.set(pcm.subarray(0, CHANNELS));
  longer.set(pcm, CHANNELS);
  return longer;
}
