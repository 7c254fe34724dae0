/** Gated loudness: silence and quiet parts of a sound do not count. */
import { lufs, sliding } from './segments.js';

/** Segments per block of 400 ms, and per window of 3 s. */
const BLOCK = 4;
const WINDOW = 30;
/** In LUFS: quieter sound is silence. */
const SILENCE = -70;
/** In LU, relative to the mean of everything above silence. */
const QUIET = -10;
const QUIET_IN_RANGE = -20;

const mean = (powers: readonly number[]): number => powers.reduce((sum, power) => sum + power, 0) / powers.length;

/** The values above silence that are not too far below their mean. */
function gated(powers: readonly number[], below: number): number[] {
  const heard = powers.filter((power) => lufs(power) > SILENCE);
  const gate = lufs(mean(heard)) + below;
  return heard.filter((power) => lufs(power) > gate);
}

/** The loudness of a whole sound, in LUFS; -Infinity if nothing is above silence. Source: ITU-R BS.1770-4, annex 1, formulas 4 to 7. */
export function integrated(segments: readonly number[]): number {
  const counted = gated(sliding(segments, BLOCK), QUIET);
  return counted.length === 0 ? Number.NEGATIVE_INFINITY : lufs(mean(counted));
}

/** The difference between the loud and the quiet parts, in LU; 0 for less than 3 s. Source: EBU Tech 3342 (2023). */
export function range(segments: readonly number[]): number {
  const counted = gated(sliding(segments, WINDOW), QUIET_IN_RANGE).sort((a, b) => a - b);
  if (counted.length === 0) return 0;
  const at = (share: number): number => lufs(counted[Math.round(share * (counted.length - 1))]!);
  return at(0.95) - at(0.1);
}
