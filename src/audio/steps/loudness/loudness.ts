/** Measures the loudness of a whole sound. */
import { lastValueFrom, from, type Observable } from 'rxjs';
import { decibels } from '../level/decibels.js';
import { liftPcm } from '../lift.js';
import { PcmReader } from '../numbers.js';
import type { PcmPiece, PieceStep } from '../piece.js';
import { integrated, range } from './gating.js';
import { PowerSegments } from './segments.js';
import { TruePeak } from './true-peak.js';

/** The loudness of a sound, by EBU R128. */
export interface Loudness {
  /** Loudness of the whole, in LUFS, without silence and quiet parts. -Infinity if it is silent, or shorter than 400 ms. */
  readonly integrated: number;
  /** The range between quiet and loud parts, in LU. 0 for less than 3 s. */
  readonly range: number;
  /** Peak in dBTP, measured at four times the rate, because a converter may produce more than the samples show. -Infinity for silence. */
  readonly truePeak: number;
}

/**
 * Measures the loudness of a whole sound, by K-weighting and gating (ITU-R BS.1770-4, EBU R128). A song takes about half a second of CPU time;
 * for a sync iterable, in one go.
 *
 * ```ts
 * const measured = await loudness(pcm('song.mp3'));
 * session.play(encodeOpus()(gainTo(-16, { from: measured })(pcm('song.mp3'))));
 * ```
 * @returns rejects if the source fails
 */
export async function loudness(pcm: Iterable<PcmPiece> | AsyncIterable<PcmPiece> | Observable<PcmPiece>): Promise<Loudness> {
  // One overload for all: the result has the same form as the input.
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
