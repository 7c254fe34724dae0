/** What is paused: a source that is kept open, or one that is let go of and opened anew where it was left. */
import type { FrameInput } from '../../frames/frame-input.js';
import type { FrameQueue, QueueItem, QueueOptions } from '../../frames/frame-queue.js';
import { openQueue } from '../../frames/open-queue.js';
import { opusPacketSamples } from '../../protocol/opus-packet.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { Seekable } from './seekable.js';

export interface Pausable {
  open(options: QueueOptions): FrameQueue;
  /** Is told of what is read of it, where it is let go of at each pause. */
  readonly heard?: (frame: QueueItem) => void;
}

export function kept(frames: FrameInput): Pausable {
  return { open: (options) => openQueue(frames, options) };
}

/** Frames are whole: where the last one ended, the next begins. */
export function reopened(frames: FrameInput & Seekable): Pausable {
  let samples = 0;
  return {
    open: (options) => openQueue(samples === 0 ? frames : frames.from(frames.start + samples / SAMPLES_PER_MS), options),
    heard: (frame) => {
      const length = frame instanceof Uint8Array ? opusPacketSamples(frame) : 0;
      if (typeof length === 'number') samples += length;
    },
  };
}
