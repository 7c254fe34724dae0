/** What the bot says to what it hears. */
import { of, type ObservableInput } from 'rxjs';
import type { FrameInput, OpusFrame } from 'rxvoice';

/** What somebody said: Opus frames, from the first word to the last. */
export interface Utterance {
  readonly userId: string | null;
  readonly frames: readonly OpusFrame[];
}

/** May be a promise, or an async function: while it thinks, the bot is silent, and can be interrupted. */
export type Mind = (heard: Utterance) => ObservableInput<FrameInput>;

/**
 * Says what it has heard. In its place goes what recognises speech (`decodeOpusFrames` and `downsample` of `rxvoice/audio` make 16 kHz of the frames),
 * thinks, and speaks: `source(bytes, { raw: { sampleRate: 24_000, channels: 1, format: 's16' } })` makes frames of what a synthesiser gives.
 */
export const parrot: Mind = ({ frames }) => of(frames);
