/** Gains in decibels. */
import { db } from '../steps/level/decibels.js';
import type { LoudnessGains } from '../steps/loudness/gains.js';

/** Changes the level by this many decibels; samples beyond 16 bits are clipped. At 0 dB it returns the array itself. */
export function amplify(pcm: Int16Array, decibels: number): Int16Array {
  if (decibels === 0) return pcm;
  const factor = db(decibels);
  return pcm.map((sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * factor))));
}

/** R128 gains are Q7.8, like the output gain to which they are added. */
const R128_STEPS = 256;

/** Source: RFC 7845 section 5.2.1 (R128_TRACK_GAIN, R128_ALBUM_GAIN); ReplayGain 2.0 specification, section "Metadata". */
export function loudnessGains(tags: ReadonlyMap<string, string>): LoudnessGains {
  const r128 = (name: string): number | undefined => {
    const value = tags.get(name) ?? '';
    return /^[+-]?\d{1,5}$/.test(value.trim()) ? Number(value) / R128_STEPS : undefined;
  };
  const replay = (name: string): number | undefined => {
    const [, value] = /^\s*([+-]?\d+(?:\.\d+)?)\s*(?:dB)?\s*$/i.exec(tags.get(name) ?? '') ?? [];
    return value === undefined ? undefined : Number(value);
  };
  const [r128Track, r128Album] = [r128('R128_TRACK_GAIN'), r128('R128_ALBUM_GAIN')];
  if (r128Track !== undefined || r128Album !== undefined) return { track: r128Track, album: r128Album, reference: 'r128' };
  const [track, album] = [replay('REPLAYGAIN_TRACK_GAIN'), replay('REPLAYGAIN_ALBUM_GAIN')];
  return { track, album, reference: track === undefined && album === undefined ? undefined : 'replaygain' };
}
