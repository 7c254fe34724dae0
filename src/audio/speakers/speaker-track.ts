/** The audio of one SSRC on the session's clock. Blocks are taken from it. */
import { CHANNELS, type PcmFrame } from '../pcm/pcm.js';
import { slipTo } from '../pcm/slip.js';
import { Timeline, type Place, type Settled } from '../timing/timeline.js';

/** A frame ends a spurt if its last samples are not louder than this (-60 dB). */
const QUIET = 32;
const TAIL = 240 * CHANNELS;
/** Limit of pieces that wait to be taken: 10 s of 20 ms. */
const MAX_PIECES = 500;

interface Piece {
  readonly at: number;
  readonly pcm: Int16Array;
}

/** A {@link Timeline} gives the position of each frame, unless the caller knows it already. */
export class SpeakerTrack {
  readonly #timeline: Timeline<Int16Array>;
  #pieces: Piece[] = [];
  #heard = 0;
  #late = 0;

  /** @param bound how far arrival and RTP time may differ, in samples */
  constructor(bound: number) {
    this.#timeline = new Timeline({ bound, grid: 1, start: Number.NEGATIVE_INFINITY });
  }

  /** When it was last heard, in samples of the clock. */
  get heard(): number {
    return this.#heard;
  }

  /** The position of the first piece; undefined if there is none. */
  get begin(): number | undefined {
    return this.#pieces[0]?.at ?? this.#timeline.begin;
  }

  /** The end of the last piece. */
  get end(): number | undefined {
    const last = this.#pieces.at(-1);
    return this.#timeline.end ?? (last && last.at + last.pcm.length / CHANNELS);
  }

  /** @param arrival in samples of the clock, whole */
  push({ timestamp, pcm, concealed }: PcmFrame, arrival: number): void {
    if (!concealed) this.#heard = arrival;
    const samples = pcm.length / CHANNELS;
    this.#add(this.#timeline.push(pcm, { timestamp, samples, arrival, heard: !concealed, quiet: isQuiet(pcm) }));
  }

  /** Takes a frame whose position is known. */
  put(pcm: Int16Array, place: Place): void {
    this.#heard = place.at;
    this.#add([{ piece: pcm, place }]);
  }

  /**
   * The samples from `from` on, interleaved; undefined if there is only silence. Audio before `from` is dropped, and counted as late.
   */
  take(from: number, samples: number): Int16Array | undefined {
    const to = from + samples;
    this.#add(this.#timeline.settle(to));
    if (this.#pieces.length === 0) return undefined;
    let block: Int16Array | undefined;
    const kept: Piece[] = [];
    for (const piece of this.#pieces) {
      const { at, pcm } = piece;
      const end = at + pcm.length / CHANNELS;
      if (at < from) this.#late += Math.min(end, from) - at;
      const begin = Math.max(at, from);
      const stop = Math.min(end, to);
      if (begin < stop) {
        block ??= new Int16Array(samples * CHANNELS);
        block.set(pcm.subarray((begin - at) * CHANNELS, (stop - at) * CHANNELS), (begin - from) * CHANNELS);
      }
      if (end > to) kept.push(at >= to ? piece : { at: to, pcm: pcm.subarray((to - at) * CHANNELS) });
    }
    this.#pieces = kept;
    return block;
  }

  /** Samples that came too late since the last call. */
  takeLate(): number {
    const late = this.#late;
    this.#late = 0;
    return late;
  }

  #add(settled: readonly Settled<Int16Array>[]): void {
    for (const { piece, place } of settled) {
      this.#pieces.push({ at: place.at, pcm: slipTo(place.samples, piece) });
      if (this.#pieces.length > MAX_PIECES) this.#late += this.#pieces.shift()!.pcm.length / CHANNELS;
    }
  }
}

function isQuiet(pcm: Int16Array): boolean {
  for (let i = Math.max(0, pcm.length - TAIL); i < pcm.length; i++) if (Math.abs(pcm[i]!) > QUIET) return false;
  return true;
}
