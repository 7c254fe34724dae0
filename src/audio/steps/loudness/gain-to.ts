/** Songs that are as loud as each other. */
import { amount, fields, must, type Check } from '../../../checks/check.js';
import { db } from '../level/decibels.js';
import { limiter } from '../level/limiter.js';
import { volume } from '../level/volume.js';
import { chain, pcmFilter, type PcmFilter } from '../step.js';
import type { LoudnessGains } from './gains.js';
import { LiveGainStep } from './live-gain.js';
import type { Loudness } from './loudness.js';

/** Where the gain comes from. */
export interface GainToOptions {
  /**
   * What is known of the sound: `loudness` of `probe()` (its tags: the track's gain, else the album's), what `loudness()` measured, or its
   * loudness in LUFS. Default: nothing; it is listened to as it plays. So it is where the tags say nothing.
   */
  readonly from?: LoudnessGains | Loudness | number;
}

/** What gains in tags aim at, in LUFS. Source: EBU R128; ReplayGain 2.0 specification, section "Reference level". */
const REFERENCES = { r128: -23, replaygain: -18 } as const;
/** In dB: beyond that the tags, or the measure, are wrong. */
const MOST = 20;

const checkTarget = amount('a loudness from -40 to -5 LUFS', -40, -5);
const checkOptions = fields({
  from: must('the loudness of probe(), what loudness() measured, or a number of LUFS', (value) => {
    if (typeof value !== 'object' || value === null) return Number.isFinite(value);
    return 'integrated' in value || 'track' in value;
  }),
} satisfies Readonly<Record<keyof GainToOptions, Check>>);

/**
 * Brings a sound to a loudness, and limits its peaks to -1 dBFS, so that nothing is beyond full scale. -16 LUFS suits a voice channel, -23
 * is that of television.
 *
 * Of what is known before (tags, or a scan) the gain is one from the beginning to the end: the song keeps its loud and its quiet parts. Of what
 * is not known it follows what was heard of the last half a minute, within some seconds, 20 dB at most.
 *
 * ```ts
 * const { loudness } = await probe('song.mp3');
 * session.play(encodeOpus()(gainTo(-16, { from: loudness })(pcm('song.mp3'))));
 * ```
 * @throws VoiceOptionsError for a loudness out of its range
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

/** In dB; undefined where it is not known. */
function gainOf(lufs: number, from: LoudnessGains | Loudness | number): number | undefined {
  if (typeof from === 'number') return lufs - from;
  // Silence has no loudness to be brought to another.
  if ('integrated' in from) return Number.isFinite(from.integrated) ? lufs - from.integrated : 0;
  const tagged = from.track ?? from.album;
  return tagged === undefined || from.reference === undefined ? undefined : lufs - REFERENCES[from.reference] + tagged;
}
