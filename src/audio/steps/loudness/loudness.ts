/** How loud a whole sound is. */
import { lastValueFrom, from, type Observable } from 'rxjs';
import { decibels } from '../level/decibels.js';
import { liftPcm } from '../lift.js';
import { PcmReader } from '../numbers.js';
import type { PcmPiece, PieceStep } from '../piece.js';
import { integrated, range } from './gating.js';
import { PowerSegments } from './segments.js';
import { TruePeak } from './true-peak.js';

/** What a sound is, by EBU R128. */
export interface Loudness {
  /** Of the whole, in LUFS, its silence and its quiet parts left out. -Infinity where it is all silence, or shorter than 400 ms. */
  readonly integrated: number;
  /** In LU: from the quiet parts to the loud ones. 0 of less than 3 s. */
  readonly range: number;
  /** In dBTP, at four times the rate: what a converter makes of it may be louder than its samples. -Infinity of silence. */
  readonly truePeak: number;
}

/**
 * Listens to a whole sound, and says how loud it is: by K-weighting and gating (ITU-R BS.1770-4, EBU R128). A song takes about half a
 * second of CPU; of an iterable that does not wait, in one go.
 *
 * ```ts
 * const measured = await loudness(pcm('song.mp3'));
 * session.play(encodeOpus()(gainTo(-16, { from: measured })(pcm('song.mp3'))));
 * ```
 * @returns rejects as the source fails
 */
export async function loudness(pcm: Iterable<PcmPiece> | AsyncIterable<PcmPiece> | Observable<PcmPiece>): Promise<Loudness> {
  // One overload for all: what comes of it is as what went in.
  return lastValueFrom(from(measured(pcm as Observable<PcmPiece>)));
}

const measured = liftPcm<Loudness>(() => new LoudnessStep());

class LoudnessStep implements PieceStep<Loudness> {
  readonly over = false;
  readonly #reader = new PcmReader();
  readonly #power = new PowerSegments();
  readonly #peak = new TruePeak();
  readonly #segments: number[] = [];

  push(piece: PcmPiece): Iterable<Loudness> {
    const samples = this.#reader.read(piece);
    this.#segments.push(...this.#power.add(samples));
    this.#peak.add(samples);
    return [];
  }

  flush(): Iterable<Loudness> {
    this.#peak.flush();
    return [{ integrated: integrated(this.#segments), range: range(this.#segments), truePeak: decibels(this.#peak.peak) }];
  }

  free(): void {}
}
