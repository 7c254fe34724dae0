/** Sources that can be started again, from any position. */
import type { FrameInput } from '../../frames/frame-input.js';

/** The part of `SeekableSource` that is needed here. */
export interface Seekable {
  readonly start: number;
  from(ms: number): FrameInput;
}

/** Recognised by its properties: another copy of this library may have made it. */
export function isSeekable(frames: unknown): frames is Seekable {
  if (typeof frames !== 'object' || frames === null || !('seekable' in frames)) return false;
  return frames.seekable === true && 'from' in frames && 'start' in frames;
}
