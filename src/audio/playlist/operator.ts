/** What the operators of frames are. */
import type { FrameInput } from '../../frames/frame-input.js';
import type { FrameStream } from '../../frames/frame-stream.js';

/**
 * Frames in, frames out: called with whatever `session.play` takes, it gives what `session.play` takes. `pipe` of rxjs puts several
 * together: `pipe(startAt(90_000), pausable(paused$))(song)`.
 */
export type FrameOperator = (frames: FrameInput) => FrameStream;

/** Frames, or what makes them: a function is called when their turn has come. */
export type FramesOrMaker = FrameInput | (() => FrameInput);

/** The frames themselves. */
export function made(frames: FramesOrMaker): FrameInput {
  return typeof frames === 'function' ? frames() : frames;
}
