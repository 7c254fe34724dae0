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
   * What to do while the connection is being restored: `hold` waits, so that a song continues where it was; `skip` reads and
   * discards frames, so that a live source stays live. Default `hold`.
   */
  readonly whenSuspended?: 'hold' | 'skip';
  /**
   * Called once for each subscription to the play, however it ends, with the reason and how much of the source was heard; before the last
   * notification. It is also called after unsubscribing, when the Observable itself emits nothing more. For a play that was refused,
   * nothing was heard. If it throws, RxJS reports the error as unhandled, and nothing else changes.
   */
  readonly onEnd?: (end: PlayEnd) => void;
}

/** {@link PlayOptions} with all defaults filled in. */
export interface ResolvedPlayOptions extends ResolvedReadOptions {
  readonly speaking: SpeakingFlags;
  readonly whenSuspended: 'hold' | 'skip';
}

/** The default {@link PlayOptions}. */
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

/** @throws VoiceOptionsError, which names the first invalid option */
export function checkPlayOptions(given: PlayOptions): void {
  options('', given);
}

/** Fills in the defaults. An option that is undefined counts as not given. */
export function resolvePlayOptions(given: PlayOptions): ResolvedPlayOptions {
  return {
    ...resolveReadOptions(given),
    speaking: given.speaking ?? DEFAULT_PLAY_OPTIONS.speaking,
    whenSuspended: given.whenSuspended ?? DEFAULT_PLAY_OPTIONS.whenSuspended,
  };
}
