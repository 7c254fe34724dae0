/** What tags say of loudness. */

/** Gains that the tags of a file ask for, in dB, to bring it to the loudness of others; undefined where it has none. */
export interface LoudnessGains {
  readonly track: number | undefined;
  readonly album: number | undefined;
  /** What the gains aim at: -23 LUFS (R128) or -18 LUFS (ReplayGain 2.0). */
  readonly reference: 'r128' | 'replaygain' | undefined;
}
