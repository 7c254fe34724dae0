/** Finds where a sound is most similar to a piece of it. */
import { CHANNELS } from '../../pcm/pcm.js';

/** The first search uses a quarter of the sample rate and every fourth position: a sixteenth of the work. */
const COARSE = 4;
/** Weight of the right side relative to the left: with 1, two sides of opposite sign would cancel out. */
const RIGHT = 0.6;

/**
 * The position, counted from `from`, where `length` samples are most similar to those at `like`: the greatest normalized cross-correlation.
 * If nothing is similar, as in silence, the position in the middle.
 *
 * ```
 * c(d) = Σ x[like + i] · x[from + d + i]  /  √(Σ x[from + d + i]²)
 * ```
 * @param input interleaved; the other parameters count stereo pairs
 */
export function bestMatch(input: Float32Array, like: number, from: number, places: number, length: number): number {
  const wanted = mono(input, like, length, COARSE);
  const found = best(wanted, mono(input, from, places - 1 + length, COARSE), Math.ceil(places / COARSE));
  if (found === undefined) return places >> 1;
  const first = Math.max(0, found * COARSE - COARSE + 1);
  const last = Math.min(places - 1, found * COARSE + COARSE - 1);
  const near = best(mono(input, like, length, 1), mono(input, from + first, last - first + length, 1), last - first + 1);
  return first + (near ?? 0);
}

/** Mono samples, each the mean of `each` pairs. */
function mono(input: Float32Array, from: number, length: number, each: number): Float32Array {
  const samples = new Float32Array(Math.floor(length / each));
  for (let i = 0, at = from * CHANNELS; i < samples.length; i++) {
    let sum = 0;
    for (let k = 0; k < each; k++, at += CHANNELS) sum += input[at]! + RIGHT * input[at + 1]!;
    samples[i] = sum / each;
  }
  return samples;
}

function best(wanted: Float32Array, sound: Float32Array, places: number): number | undefined {
  let energy = 0;
  for (let i = 0; i < wanted.length; i++) energy += sound[i]! ** 2;
  let most = 0;
  let place: number | undefined;
  for (let d = 0; d < places && d + wanted.length <= sound.length; d++) {
    let sum = 0;
    for (let i = 0; i < wanted.length; i++) sum += wanted[i]! * sound[d + i]!;
    const likeness = energy > 0 ? sum / Math.sqrt(energy) : 0;
    if (likeness > most) {
      most = likeness;
      place = d;
    }
    energy += (sound[d + wanted.length] ?? 0) ** 2 - sound[d]! ** 2;
  }
  return place;
}
