/** Sources that can be begun anew, from any place. */
import type { FrameInput } from '../../frames/frame-input.js';

/** What this room needs of a `SeekableSource`. */
export interface Seekable {
  readonly start: number;
  from(ms: number): FrameInput;
}

/** By what it has: another copy of this library may have made it. */
export function isSeekable(frames: unknown): frames is Seekable {
  if (typeof frames !== 'object' || frames === null || !('seekable' in frames)) return false;
  return frames.seekable === true && 'from' in frames && 'start' in frames;
}
