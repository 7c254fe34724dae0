/** Brings songs to the same loudness. */
import { amount, fields, must, type Check } from '../../../checks/check.js';
import { db } from '../level/decibels.js';
import { limiter } from '../level/limiter.js';
import { volume } from '../level/volume.js';
import { chain, pcmFilter, type PcmFilter } from '../step.js';
import type { LoudnessGains } from './gains.js';
import { LiveGainStep } from './live-gain.js';
import type { Loudness } from './loudness.js';

/** Options of {@link gainTo}. */
export interface GainToOptions {
  /**
   * What is known about the sound: `loudness` of `probe()` (from its tags: the gain of the track, or else of the album), the result of
   * `loudness()`, or its loudness in LUFS. Default, and if the tags have no gain: nothing is known, and it is measured while it plays.
   */
  readonly from?: LoudnessGains | Loudness | number;
}

/** The target loudness of gains in tags, in LUFS. Source: EBU R128; ReplayGain 2.0 specification, section "Reference level". */
const REFERENCES = { r128: -23, replaygain: -18 } as const;
/** In dB: larger gains come from wrong tags or measurements. */
const MOST = 20;

const checkTarget = amount('a loudness from -40 to -5 LUFS', -40, -5);
const checkOptions = fields({
  from: must('the loudness of probe(), what loudness() measured, or a number of LUFS', (value) => {
    if (typeof value !== 'object' || value === null) return Number.isFinite(value);
    return 'integrated' in value || 'track' in value;
  }),
} satisfies Readonly<Record<keyof GainToOptions, Check>>);

/**
 * Brings a sound to a loudness, and limits its peaks to -1 dBFS, so that nothing exceeds full scale. -16 LUFS suits a voice channel; -23 is
 * the level of television.
 *
 * If the loudness is known (from tags or a scan), the gain is constant: the song keeps its loud and its quiet parts. Otherwise the gain
 * follows, within some seconds, what was heard in the last half minute. It is 20 dB at most.
 *
 * ```ts
 * const { loudness } = await probe('song.mp3');
 * session.play(encodeOpus()(gainTo(-16, { from: loudness })(pcm('song.mp3'))));
 * ```
 * @throws VoiceOptionsError for a loudness out of range
 *
 * Source: EBU R128, ITU-R BS.1770-4.
 */
export function gainTo(lufs: number, options: GainToOptions = {}): PcmFilter {
  checkTarget('lufs', lufs);
  checkOptions('', options);
  const { from } = options;
  const gain = from === undefined ? undefined : gainOf(lufs, from);
  const level = gain === undefined ? pcmFilter(() => new LiveGainStep(lufs)) : volume(db(Math.max(-MOST, Math.min(MOST, gain))));
  return chain(level, limiter());
}

/** In dB; undefined if it is not known. */
function gainOf(lufs: number, from: LoudnessGains | Loudness | number): number | undefined {
  if (typeof from === 'number') return lufs - from;
  // Silence cannot be brought to another loudness.
  if ('integrated' in from) return Number.isFinite(from.integrated) ? lufs - from.integrated : 0;
  const tagged = from.track ?? from.album;
  return tagged === undefined || from.reference === undefined ? undefined : lufs - REFERENCES[from.reference] + tagged;
}
