/** Converts PCM to the numbers that filters work on, and back. */
import { CHANNELS } from '../pcm/pcm.js';
import type { PcmPiece } from './piece.js';

/** Full scale in 16 bits. Both directions use the same power of two, so that unfiltered samples come out unchanged. */
const FULL_SCALE = 32_768;
const NO_SAMPLE = new Int16Array(0);

/** Makes whole stereo pairs from pieces that may be cut between left and right. */
export class PcmReader {
  /** A left sample whose right one has not come yet. */
  #odd = NO_SAMPLE;

  /**
   * The samples of a piece, from -1 to 1. A last left sample without its right one is kept for the next piece.
   *
   * @throws TypeError if it is not PCM
   */
  read(piece: PcmPiece): Float32Array {
    const pcm = samplesOf(piece);
    const had = this.#odd.length;
    const all = had + pcm.length;
    const samples = new Float32Array(all - (all % CHANNELS));
    if (had > 0 && samples.length > 0) samples[0] = this.#odd[0]! / FULL_SCALE;
    for (let i = had; i < samples.length; i++) samples[i] = pcm[i - had]! / FULL_SCALE;
    if (all % CHANNELS === 0) this.#odd = NO_SAMPLE;
    else if (pcm.length > 0) this.#odd = pcm.slice(-1);
    return samples;
  }
}

/** Returns the Int16Array in a piece. */
export function samplesOf(piece: PcmPiece): Int16Array {
  if (piece instanceof Int16Array) return piece;
  if (typeof piece === 'object' && piece !== null && 'pcm' in piece && piece.pcm instanceof Int16Array) return piece.pcm;
  const bytes = ArrayBuffer.isView(piece) ? ': of bytes make it by pcm(stream, { raw })' : '';
  throw new TypeError(`a piece of PCM must be an Int16Array of 48 kHz stereo, or have one as its pcm${bytes}`);
}

/** Converts to 16 bits. Values beyond them are clipped; NaN becomes silence. */
export function toPcm(samples: Float32Array): Int16Array {
  const pcm = new Int16Array(samples.length);
  for (let i = 0; i < pcm.length; i++) {
    const sample = Math.round(samples[i]! * FULL_SCALE);
    // NaN passes both comparisons, and is stored as 0; Math.min would be slower.
    pcm[i] = sample > FULL_SCALE - 1 ? FULL_SCALE - 1 : sample < -FULL_SCALE ? -FULL_SCALE : sample;
  }
  return pcm;
}

/** Concatenates pieces. */
export function joined(pieces: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
