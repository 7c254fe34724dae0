/** Frames in one piece of memory: cloning many small arrays costs more than their bytes, and cloning a view copies the whole file behind it. */

export interface FrameBatch {
  /** The frames, one after the other. */
  readonly bytes: Uint8Array;
  /** The length of each frame. */
  readonly lengths: readonly number[];
}

/** Says that there is no frame for now because the source is paused. */
export interface PausedNews {
  readonly paused: true;
}

export function packFrames(frames: readonly Uint8Array[]): FrameBatch {
  const lengths = frames.map(({ length }) => length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const frame of frames) {
    bytes.set(frame, at);
    at += frame.length;
  }
  return { bytes, lengths };
}
