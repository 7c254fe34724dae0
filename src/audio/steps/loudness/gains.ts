/** The loudness gains of tags. */

/** Gains in dB that the tags of a file ask for, to bring it to the loudness of others; undefined if it has none. */
export interface LoudnessGains {
  readonly track: number | undefined;
  readonly album: number | undefined;
  /** The target of the gains: -23 LUFS (R128) or -18 LUFS (ReplayGain 2.0). */
  readonly reference: 'r128' | 'replaygain' | undefined;
}
