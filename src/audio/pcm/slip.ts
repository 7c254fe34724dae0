/** Adds or removes single samples where it is not audible. */
import { CHANNELS } from './pcm.js';

/** A larger change than one sample in this many is not drift. */
const SAMPLES_PER_PART = 60;

/**
 * Leaves out surplus samples, or doubles samples, each in its own part of the audio, where two neighbours are most alike. Meant for a few
 * samples per packet: far too much audio is cut off at the end, and far too little is returned unchanged.
 *
 * ```
 * 960 samples   a b c d d e f g      959   a b c d e f g      961   a b c d d d e f g
 * ```
 * @param pcm interleaved stereo; returned itself if nothing has to change
 */
export function slipTo(samples: number, pcm: Int16Array): Int16Array {
  const own = pcm.length / CHANNELS;
  const slip = samples - own;
  if (slip === 0) return pcm;
  if (Math.abs(slip) > own / SAMPLES_PER_PART) return slip < 0 ? pcm.subarray(0, samples * CHANNELS) : pcm;
  const slipped = new Int16Array(samples * CHANNELS);
  const parts = Math.abs(slip);
  for (let part = 0, from = 0, at = 0; part < parts; part++) {
    const to = Math.floor((own * (part + 1)) / parts);
    const joint = smoothest(pcm, from, to);
    const skip = slip < 0 ? joint + 1 : joint;
    slipped.set(pcm.subarray(from * CHANNELS, joint * CHANNELS), at * CHANNELS);
    at += joint - from;
    if (slip > 0) slipped.set(pcm.subarray(joint * CHANNELS, (joint + 1) * CHANNELS), at++ * CHANNELS);
    slipped.set(pcm.subarray(skip * CHANNELS, to * CHANNELS), at * CHANNELS);
    at += to - skip;
    from = to;
  }
  return slipped;
}

/** The sample from `from` up to `to` that differs least from the one before it. */
function smoothest(pcm: Int16Array, from: number, to: number): number {
  let best = from;
  let least = Infinity;
  for (let i = Math.max(1, from); i < to; i++) {
    const at = i * CHANNELS;
    const step = Math.abs(pcm[at]! - pcm[at - CHANNELS]!) + Math.abs(pcm[at + 1]! - pcm[at - CHANNELS + 1]!);
    if (step >= least) continue;
    least = step;
    best = i;
  }
  return best;
}
