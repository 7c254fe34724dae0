/** The type of frame operators. */
import type { FrameInput } from '../../frames/frame-input.js';
import type { FrameStream } from '../../frames/frame-stream.js';

/**
 * Frames in, frames out: it takes whatever `session.play` takes, and returns something that `session.play` takes. `pipe` of rxjs combines
 * several: `pipe(startAt(90_000), pausable(paused$))(song)`.
 */
export type FrameOperator = (frames: FrameInput) => FrameStream;

/** Frames, or a function that makes them, called when their turn comes. */
export type FramesOrMaker = FrameInput | (() => FrameInput);

/** The frames, made if necessary. */
export function made(frames: FramesOrMaker): FrameInput {
  return typeof frames === 'function' ? frames() : frames;
}
