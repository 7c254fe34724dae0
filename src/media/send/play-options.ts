/** How frames are played. */
import { count, fields, functionOf, oneOf, type Check } from '../../checks/check.js';
import { DEFAULT_READ_OPTIONS, READ_CHECKS, resolveReadOptions, type ReadOptions, type ResolvedReadOptions } from '../../frames/frame-input.js';
import { SpeakingFlags, type PlayEnd } from '../../types.js';

export type { FrameInput } from '../../frames/frame-input.js';

/** Options of `session.play()`; every field has a default. */
export interface PlayOptions extends ReadOptions {
  /** The flags of the Speaking message (opcode 5) before the first packet. Default `SpeakingFlags.Microphone`. */
  readonly speaking?: SpeakingFlags;
  /**
   * What to do while the connection is being restored: `hold` waits, so that a song goes on where it was; `skip` reads on and
   * discards, so that a live source stays live. Default `hold`.
   */
  readonly whenSuspended?: 'hold' | 'skip';
  /**
   * Called once for each subscription to the play, however it ends, with the reason and how much of the source was heard; before the last
   * notification. It is also called after unsubscribing, when the Observable itself emits nothing more. For a play that was refused,
   * nothing was heard. What it throws is reported as RxJS reports unhandled errors, and changes nothing.
   */
  readonly onEnd?: (end: PlayEnd) => void;
}

/** {@link PlayOptions} without gaps. */
export interface ResolvedPlayOptions extends ResolvedReadOptions {
  readonly speaking: SpeakingFlags;
  readonly whenSuspended: 'hold' | 'skip';
}

/** The {@link PlayOptions} unless told otherwise. */
export const DEFAULT_PLAY_OPTIONS: ResolvedPlayOptions = {
  ...DEFAULT_READ_OPTIONS,
  speaking: SpeakingFlags.Microphone,
  whenSuspended: 'hold',
};

const ALL_FLAGS = SpeakingFlags.Microphone | SpeakingFlags.Soundshare | SpeakingFlags.Priority;
/** The checks of {@link PlayOptions}. */
export const PLAY_CHECKS: { readonly [Name in keyof Required<PlayOptions>]: Check } = {
  ...READ_CHECKS,
  speaking: count('SpeakingFlags, combined with |', 0, ALL_FLAGS),
  whenSuspended: oneOf(['hold', 'skip'] satisfies PlayOptions['whenSuspended'][]),
  onEnd: functionOf('that is told how the play ended'),
};
const options = fields(PLAY_CHECKS);

/** @throws VoiceOptionsError, which names the first option that is not what it must be */
export function checkPlayOptions(given: PlayOptions): void {
  options('', given);
}

/** What is undefined counts as not given. */
export function resolvePlayOptions(given: PlayOptions): ResolvedPlayOptions {
  return {
    ...resolveReadOptions(given),
    speaking: given.speaking ?? DEFAULT_PLAY_OPTIONS.speaking,
    whenSuspended: given.whenSuspended ?? DEFAULT_PLAY_OPTIONS.whenSuspended,
  };
}
