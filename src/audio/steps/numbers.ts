/** PCM as the numbers that filters work on, and back. */
import { CHANNELS } from '../pcm/pcm.js';
import type { PcmPiece } from './piece.js';

/** What full scale is in 16 bits. Both ways it is the same power of two, so that what nothing was done to comes out as it went in. */
const FULL_SCALE = 32_768;
const NO_SAMPLE = new Int16Array(0);

/** Makes whole pairs of left and right of pieces that may be cut between the two. */
export class PcmReader {
  /** A left one whose right one has not come. */
  #odd = NO_SAMPLE;

  /**
   * The samples of a piece, from -1 to 1. A last left one without its right one is kept for the next piece.
   *
   * @throws TypeError for what is no PCM
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

/** The Int16Array in a piece. */
export function samplesOf(piece: PcmPiece): Int16Array {
  if (piece instanceof Int16Array) return piece;
  if (typeof piece === 'object' && piece !== null && 'pcm' in piece && piece.pcm instanceof Int16Array) return piece.pcm;
  const bytes = ArrayBuffer.isView(piece) ? ': of bytes make it by pcm(stream, { raw })' : '';
  throw new TypeError(`a piece of PCM must be an Int16Array of 48 kHz stereo, or have one as its pcm${bytes}`);
}

/** In 16 bits. What is beyond them is cut off; what is no number is silent. */
export function toPcm(samples: Float32Array): Int16Array {
  const pcm = new Int16Array(samples.length);
  for (let i = 0; i < pcm.length; i++) {
    const sample = Math.round(samples[i]! * FULL_SCALE);
    // NaN is neither, and is written as 0; Math.min would be slower.
    pcm[i] = sample > FULL_SCALE - 1 ? FULL_SCALE - 1 : sample < -FULL_SCALE ? -FULL_SCALE : sample;
  }
  return pcm;
}

/** Pieces, one behind the other. */
export function joined(pieces: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
