/** The position on the session's clock of the audio of one SSRC: RTP time, tied to the arrival of its packets. */
import { SAMPLES_PER_FRAME, SAMPLES_PER_MS } from '../../protocol/silence.js';
import { SlidingMinimum } from './sliding-minimum.js';

/** No network delays packets by this much: a larger difference is a jump of RTP time. */
const JUMP = 2_000 * SAMPLES_PER_MS;
/** If packets are late for this long without a break, RTP time stood still. The burst after a network stall is over sooner. */
const LATE_FOR = 500 * SAMPLES_PER_MS;
/** Packets after silence that come this much later than the one before them follow a pause, which RTP time may not show. */
const PAUSE = 100 * SAMPLES_PER_MS;
/** Drift from which a correction is made: 2 ms. */
const DRIFT = 2 * SAMPLES_PER_MS;
/** At most one sample in this many is left out or doubled: twice as much as a clock error of 1000 ppm needs. */
const SAMPLES_PER_SLIP = 480;
/** Packets in half of the window that is searched for the fastest one: 3 s. Drift away from it is followed with this delay. */
const HALF_WINDOW = 150;
/** Limit of pieces that wait, if nobody settles them: 10 s of 20 ms. */
const MAX_WAITING = 500;

/** What a timeline must know about a piece of audio. Pieces come in the order of their stream, including losses. */
export interface Timing {
  /** RTP timestamp of the first sample; 32 bits. */
  readonly timestamp: number;
  /** Its length, in samples at 48 kHz. */
  readonly samples: number;
  /** Its arrival, in whole samples of the clock; for a loss, roughly when it should have arrived. */
  readonly arrival: number;
  /** Whether it arrived at all. */
  readonly heard: boolean;
  /** Whether it ends in silence: the next piece may come after a pause that RTP time does not show. */
  readonly quiet: boolean;
  /** Whether it is marked as the first after a pause, by the RTP marker bit. Default false. */
  readonly begins?: boolean;
}

/** The position of a piece of audio on the clock. */
export interface Place {
  /** Its first sample, in samples of the clock. */
  readonly at: number;
  /** The samples that it fills there: its own length, or a few more or less to correct drift. */
  readonly samples: number;
  /** Whether it continues where the piece before it ended, which may be a loss; otherwise there was a pause, or a jump. */
  readonly joins: boolean;
}

/** A piece and its position. */
export interface Settled<T> {
  readonly piece: T;
  readonly place: Place;
}

/** How a {@link Timeline} ties RTP time to the clock. */
export interface TimelineOptions {
  /** How far arrival and RTP time may differ, in samples. */
  readonly bound: number;
  /** A spurt begins at a multiple of this many samples. */
  readonly grid: number;
  /** No piece is placed before this, in samples of the clock. */
  readonly start: number;
}

interface Waiting<T> {
  readonly piece: T;
  /** RTP time of its first sample, unwrapped, from the first piece on. */
  readonly rtp: number;
  readonly samples: number;
  /** Arrival minus RTP time. */
  readonly path: number;
  readonly heard: boolean;
}

/**
 * Answers "when was this said?" for files, mixes and transcripts alike. It is pure and does not look at the audio.
 *
 * ```
 * RTP time, ms      0    20    40               200   220        (a pause of 140)
 * arrival           9    48    47               206   241
 * quickest path              7                      6
 * placed            7    27    47               206   226
 * ```
 * A spurt waits until it is settled (`settle`), and is tied to the clock by the fastest packet that has arrived until then, so a slow
 * first packet does not shift it. From there on RTP time gives the positions, and jitter is not heard. This ends beyond `bound`: if packets
 * are late for half a second, or RTP time is two seconds off, the spurt is tied again. Within `bound`, drift between the two clocks is
 * corrected in the next pause, all at once; without a pause, single samples are left out or doubled, at most 1 in 480, so that even a
 * sender who never pauses stays in place for hours. A spurt never begins before the one before it has ended.
 */
export class Timeline<T> {
  readonly #options: TimelineOptions;
  readonly #paths = new SlidingMinimum(HALF_WINDOW);
  #offset: number | undefined;
  #waiting: Waiting<T>[] = [];
  /** Whether the spurt is tied to the clock, so that pieces are placed as they come. */
  #tied = false;
  #timestamp: number | undefined;
  #rtp = 0;
  #rtpEnd = 0;
  /** The end of the last placed piece, in RTP time and on the clock. */
  #placedRtp: number | undefined;
  #placedEnd: number;
  #arrival = 0;
  #quiet = true;
  #lateSince: number | undefined;

  constructor(options: TimelineOptions) {
    this.#options = options;
    this.#placedEnd = options.start;
  }

  /** Arrival of the last packet, in samples of the clock. */
  get heard(): number {
    return this.#arrival;
  }

  /** Where the first waiting piece would be placed; undefined if none waits. */
  get begin(): number | undefined {
    const [first] = this.#waiting;
    return first && first.rtp + this.#wouldTie();
  }

  /** The end of the last waiting piece. */
  get end(): number | undefined {
    const last = this.#waiting.at(-1);
    return last && last.rtp + this.#wouldTie() + last.samples;
  }

  /** Takes the next piece, and returns all pieces that now have a position: this one, the waiting ones, or none yet. */
  push(piece: T, timing: Timing): Settled<T>[] {
    const { timestamp, samples, arrival, heard, quiet, begins = false } = timing;
    const rtp = this.#timestamp === undefined ? 0 : this.#rtp + ((timestamp - this.#timestamp) | 0);
    const path = arrival - rtp;
    const settled = heard ? this.#compare(rtp, path, arrival, this.#quiet || begins) : this.#leap(path);
    if (heard) {
      this.#paths.add(path);
      this.#arrival = arrival;
    }
    this.#timestamp = timestamp;
    this.#rtp = rtp;
    this.#rtpEnd = rtp + samples;
    this.#quiet = quiet;
    if (this.#tied) {
      settled.push(this.#place({ piece, rtp, samples }));
      return settled;
    }
    this.#waiting.push({ piece, rtp, samples, path, heard });
    return this.#waiting.length > MAX_WAITING ? [...settled, ...this.#tie()] : settled;
  }

  /** Places the waiting spurt if it begins before `until` (samples of the clock); by default in any case. */
  settle(until = Number.POSITIVE_INFINITY): Settled<T>[] {
    const { begin } = this;
    return begin !== undefined && begin < until ? this.#tie() : [];
  }

  /** Unties the spurt if a new one begins, or if RTP time and arrival no longer agree. */
  #compare(rtp: number, path: number, arrival: number, mayBegin: boolean): Settled<T>[] {
    const { bound } = this.#options;
    if (rtp - this.#rtpEnd >= SAMPLES_PER_FRAME || (mayBegin && arrival - this.#arrival > PAUSE)) return this.#untie();
    const tiedBy = this.#tiedBy();
    if (tiedBy === undefined) return [];
    const behind = path - tiedBy;
    this.#lateSince = behind > bound ? (this.#lateSince ?? arrival) : undefined;
    const standsStill = this.#lateSince !== undefined && arrival - this.#lateSince > LATE_FOR;
    return Math.abs(behind) <= JUMP && !standsStill && !(this.#tied && behind < -bound) ? [] : this.#forgetOffset();
  }

  /** The timing of a loss says nothing about the network, but a loss cannot be seconds away from the packets that arrived. */
  #leap(path: number): Settled<T>[] {
    const tiedBy = this.#tiedBy();
    return tiedBy === undefined || Math.abs(path - tiedBy) <= JUMP ? [] : this.#forgetOffset();
  }

  #tiedBy(): number | undefined {
    if (this.#tied) return this.#offset;
    return this.#waiting.length > 0 ? this.#wouldTie() : undefined;
  }

  #forgetOffset(): Settled<T>[] {
    const settled = this.#untie();
    this.#offset = undefined;
    this.#paths.clear();
    return settled;
  }

  #untie(): Settled<T>[] {
    const settled = this.#waiting.length > 0 ? this.#tie() : [];
    this.#tied = false;
    this.#lateSince = undefined;
    return settled;
  }

  /** The offset that would tie the waiting pieces to the clock, as far as is known. A pause can be shortened to nothing, but not further. */
  #wouldTie(): number {
    const { bound, grid } = this.#options;
    const [first] = this.#waiting;
    const rtp = first?.rtp ?? 0;
    const heard = this.#waiting.filter((waiting) => waiting.heard);
    const quickest = Math.min(...(heard.length > 0 ? heard : this.#waiting).map(({ path }) => path));
    const far = this.#offset === undefined || Math.abs(quickest - this.#offset) > bound;
    const begin = rtp + (far ? quickest : Math.min(quickest, this.#paths.least));
    return Math.max(Math.round(begin / grid) * grid, this.#placedEnd) - rtp;
  }

  #tie(): Settled<T>[] {
    const offset = this.#wouldTie();
    const waiting = this.#waiting;
    if (this.#offset !== undefined && Math.abs(offset - this.#offset) > this.#options.bound) {
      this.#paths.clear();
      for (const { path, heard } of waiting) if (heard) this.#paths.add(path);
    }
    this.#offset = offset;
    this.#tied = true;
    this.#waiting = [];
    return waiting.map((one) => this.#place(one));
  }

  #place({ piece, rtp, samples }: Pick<Waiting<T>, 'piece' | 'rtp' | 'samples'>): Settled<T> {
    const at = rtp + this.#offset!;
    const joins = rtp === this.#placedRtp && at === this.#placedEnd;
    const slip = joins ? this.#slip(samples) : 0;
    this.#offset! += slip;
    this.#placedRtp = rtp + samples;
    this.#placedEnd = Math.max(this.#placedEnd, at + samples + slip);
    return { piece, place: { at, samples: samples + slip, joins } };
  }

  /** How many samples longer (or shorter, below 0) a piece is made to correct drift. A difference beyond the bound is not drift. */
  #slip(samples: number): number {
    const drift = this.#paths.least - this.#offset!;
    if (!(Math.abs(drift) > DRIFT && Math.abs(drift) <= this.#options.bound)) return 0;
    const most = Math.max(1, Math.floor(samples / SAMPLES_PER_SLIP));
    return Math.sign(drift) * Math.min(most, Math.ceil(Math.abs(drift) - DRIFT));
  }
}
