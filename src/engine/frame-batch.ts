/** Frames as one piece of memory: a clone of many small arrays costs more than their bytes, and a view takes the whole file along that it looks into. */

export interface FrameBatch {
  /** The frames, one behind the other. */
  readonly bytes: Uint8Array;
  /** The length of each. */
  readonly lengths: readonly number[];
}

/** That there is no frame for now because somebody wants it so. */
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
