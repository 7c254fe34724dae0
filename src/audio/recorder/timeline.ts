/** Where in a recording the packets of one speaker belong: RTP time, tied to the session's clock. */
import { OPUS_GRID } from '../../protocol/opus-packet.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import { SlidingMinimum } from '../timing/sliding-minimum.js';

/** Packets in half of the window in which the quickest one is looked for: 10 s. */
const WINDOW = 500;
/** Later than RTP time says by this much, the sender's RTP time stood still, or it began anew. */
const MAX_BEHIND = 300 * SAMPLES_PER_MS;
/** The same after a pause that RTP time took no note of, where a shift is not heard. */
const MAX_BEHIND_AFTER_PAUSE = 40 * SAMPLES_PER_MS;
/** Earlier than RTP time says by this much, it has jumped. Less is what a network that was stuck for a while gives. */
const MAX_AHEAD = 2_000 * SAMPLES_PER_MS;
/** Slow drift that is put right at the next pause: half a frame. */
const MAX_DRIFT = 10 * SAMPLES_PER_MS;

/** A gap in RTP time from which on it is a pause, and not some lost packets: 100 ms. */
const MIN_PAUSE = 100 * SAMPLES_PER_MS;

/** What a timeline must know of a packet. */
export interface Placeable {
  readonly ssrc: number;
  /** RTP timestamp, 32 bits. */
  readonly timestamp: number;
  /** Its length; a multiple of 120. */
  readonly samples: number;
  /** When it came, in samples at 48 kHz from the start of the recording. */
  readonly arrival: number;
  /** Whether it may follow a pause that RTP time does not show: it has the marker bit, or comes after silence frames. */
  readonly pause: boolean;
}

/**
 * Places packets one after the other, without overlap, on a grid of 2.5 ms.
 *
 * A speaker's first packet is placed where it arrived. From there on RTP time rules, so that the jitter of the network is not
 * recorded: a jump of it is a pause. In each pause the two clocks are compared, by the quickest packet of late, and a drift of
 * more than half a frame is put right. Where RTP time and arrival differ beyond what a network does (the sender began anew, or
 * keeps its RTP time still while it is silent), the arrival rules again.
 *
 * ```
 * RTP time    0  960 1920             9600 10560
 * arrival, ms 7   31   48               208  227
 * placed, ms  7   27   47               207  227
 * ```
 */
export class Timeline {
  #ssrc: number | undefined;
  #timestamp = 0;
  /** RTP time since the first packet of this SSRC, unwrapped. */
  #rtp = 0;
  #rtpEnd = 0;
  /** What makes a place of RTP time. */
  #offset = 0;
  #end = 0;
  #placed = false;
  readonly #paths = new SlidingMinimum(WINDOW);

  /** The end of what was placed last; samples from the start of the recording. */
  get end(): number {
    return this.#end;
  }

  /** The place of a packet, in samples from the start of the recording; undefined where others have its whole time already. */
  place(packet: Placeable): number | undefined {
    if (packet.ssrc !== this.#ssrc) {
      this.#ssrc = packet.ssrc;
      this.#rtp = 0;
      this.#anchor(packet.arrival);
    } else {
      this.#rtp += (packet.timestamp - this.#timestamp) | 0;
      this.#compare(packet);
    }
    this.#timestamp = packet.timestamp;
    this.#rtpEnd = this.#rtp + packet.samples;
    const wanted = this.#reckon(this.#rtp);
    const at = Math.max(this.#end, wanted);
    this.#placed = at < wanted + packet.samples;
    if (!this.#placed) return undefined;
    this.#end = at + packet.samples;
    return at;
  }

  /** The place of what has this RTP timestamp, reckoned from the packet placed last: for audio that is made of it or of its neighbours. */
  at(timestamp: number): number | undefined {
    const from = (timestamp - this.#timestamp) | 0;
    return from === 0 && !this.#placed ? undefined : this.#reckon(this.#rtp + from);
  }

  #compare({ arrival, pause }: Placeable): void {
    const path = arrival - this.#rtp;
    const behind = path - this.#offset;
    const gap = this.#rtp - this.#rtpEnd >= MIN_PAUSE;
    if (behind > MAX_BEHIND || behind < -MAX_AHEAD || (pause && !gap && behind > MAX_BEHIND_AFTER_PAUSE)) {
      this.#anchor(arrival);
      return;
    }
    this.#paths.add(path);
    if (!(gap || pause) || Math.abs(this.#paths.least - this.#offset) < MAX_DRIFT) return;
    // A pause can be shortened to nothing, and no further.
    this.#offset = Math.max(this.#paths.least, this.#end - this.#rtp);
  }

  #anchor(arrival: number): void {
    this.#paths.clear();
    this.#paths.add(arrival - this.#rtp);
    this.#offset = Math.max(arrival, this.#end) - this.#rtp;
  }

  #reckon(rtp: number): number {
    return Math.max(0, Math.round((rtp + this.#offset) / OPUS_GRID) * OPUS_GRID);
  }
}
