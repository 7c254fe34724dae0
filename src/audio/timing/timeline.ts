/** Where on the session's clock the audio of one SSRC belongs: RTP time, tied to the arrival of its packets. */
import { SAMPLES_PER_FRAME, SAMPLES_PER_MS } from '../../protocol/silence.js';
import { SlidingMinimum } from './sliding-minimum.js';

/** No network is late by so much: RTP time has jumped. */
const JUMP = 2_000 * SAMPLES_PER_MS;
/** Late for so long, frame after frame, and RTP time stood still; the burst after a stall of the network is over sooner. */
const LATE_FOR = 500 * SAMPLES_PER_MS;
/** Packets that come after silence, so much later than they should, come after a pause that RTP time may not show. */
const PAUSE = 100 * SAMPLES_PER_MS;
/** Drift that is worth a correction: 2 ms. */
const DRIFT = 2 * SAMPLES_PER_MS;
/** One sample in so many is left out or doubled at most: twice what a clock is off that is off by 1000 ppm. */
const SAMPLES_PER_SLIP = 480;
/** Packets in half of the window in which the quickest one is looked for: 2 s. What drifts away is followed so much later. */
const HALF_WINDOW = 100;
/** Pieces that may wait: 10 s of 20 ms, when nobody settles them. */
const MAX_WAITING = 500;

/** What a timeline must know of a piece of audio. Pieces come in the order of their stream, losses among them. */
export interface Timing {
  /** RTP timestamp of the first sample; 32 bits. */
  readonly timestamp: number;
  /** Its length, in samples at 48 kHz. */
  readonly samples: number;
  /** When it came, in whole samples of the clock; of a loss, about when it should have. */
  readonly arrival: number;
  /** Whether it came at all. */
  readonly heard: boolean;
  /** Whether it ends in silence: what follows may come after a pause that RTP time does not show. */
  readonly quiet: boolean;
  /** Whether it says of itself that it comes after a pause: the RTP marker bit. Default false. */
  readonly begins?: boolean;
}

/** Where on the clock a piece of audio belongs. */
export interface Place {
  /** Its first sample, in samples of the clock. */
  readonly at: number;
  /** The samples that it fills there: its own, or a few more or less where drift is put right. */
  readonly samples: number;
  /** Whether it goes on where the piece before it ended, a loss or not; else there was a pause, or a jump. */
  readonly joins: boolean;
}

/** A piece and its place. */
export interface Settled<T> {
  readonly piece: T;
  readonly place: Place;
}

/** How a {@link Timeline} ties RTP time to the clock. */
export interface TimelineOptions {
  /** What arrival and RTP time may differ by, in samples. */
  readonly bound: number;
  /** A spurt begins at a multiple of so many samples. */
  readonly grid: number;
  /** Nothing belongs before this, in samples of the clock. */
  readonly start: number;
}

interface Waiting<T> {
  readonly piece: T;
  /** RTP time of its first sample, unwrapped, from the first piece on. */
  readonly rtp: number;
  readonly samples: number;
  /** Arrival less RTP time. */
  readonly path: number;
  readonly heard: boolean;
}

/**
 * The one answer to "when was this said", whatever is made of it: files, mixes, transcripts. Pure; it knows no audio.
 *
 * ```
 * RTP time, ms      0    20    40               200   220        (a pause of 140)
 * arrival           9    48    47               206   241
 * quickest path              7                      6
 * placed            7    27    47               206   226
 * ```
 * A spurt waits until somebody settles it (`settle`), and is tied to the clock by the quickest of its packets until then, so that a
 * first packet that was slow moves nothing. From there on RTP time rules, and jitter is not heard. Beyond `bound` it does not: late
 * for half a second, or two seconds off, and the spurt is tied afresh. Within it, the drift of the two clocks is put right in the
 * next pause, all at once; without a pause by a sample that is left out or doubled, 1 in 480 at most, so that a sender who
 * never pauses stays where he belongs for hours. A spurt never begins before the one before it has ended.
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
  /** The end of what was placed last: in RTP time, and on the clock. */
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

  /** Where the first piece that waits would belong; undefined when none does. */
  get begin(): number | undefined {
    const [first] = this.#waiting;
    return first && first.rtp + this.#wouldTie();
  }

  /** The end of the last piece that waits. */
  get end(): number | undefined {
    const last = this.#waiting.at(-1);
    return last && last.rtp + this.#wouldTie() + last.samples;
  }

  /** Takes the next piece, and gives what has its place: it, what waited, or nothing yet. */
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

  /** Places the spurt that waits, if it begins before `until` (samples of the clock); all that waits by default. */
  settle(until = Number.POSITIVE_INFINITY): Settled<T>[] {
    const { begin } = this;
    return begin !== undefined && begin < until ? this.#tie() : [];
  }

  /** Unties the spurt where a new one begins, or where RTP time and arrival no longer agree. */
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

  /** What did not come says nothing of the network; but no loss is seconds away from what did. */
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

  /** What ties the pieces that wait to the clock, as far as is known. A pause can be shortened to nothing, and no further. */
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

  /** Samples more (or less, below 0) that a piece is given, to put drift right. What is beyond the bound is something else. */
  #slip(samples: number): number {
    const drift = this.#paths.least - this.#offset!;
    if (!(Math.abs(drift) > DRIFT && Math.abs(drift) <= this.#options.bound)) return 0;
    const most = Math.max(1, Math.floor(samples / SAMPLES_PER_SLIP));
    return Math.sign(drift) * Math.min(most, Math.ceil(Math.abs(drift) - DRIFT));
  }
}
