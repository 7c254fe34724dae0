/** What can be paused: a source that stays open, or one that is closed and reopened at its position. */
import type { FrameInput } from '../../frames/frame-input.js';
import type { FrameQueue, QueueItem, QueueOptions } from '../../frames/frame-queue.js';
import { openQueue } from '../../frames/open-queue.js';
import { opusPacketSamples } from '../../protocol/opus-packet.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { Seekable } from './seekable.js';

export interface Pausable {
  open(options: QueueOptions): FrameQueue;
  /** Called with each item that is read, if the source is closed at each pause. */
  readonly heard?: (frame: QueueItem) => void;
}

export function kept(frames: FrameInput): Pausable {
  return { open: (options) => openQueue(frames, options) };
}

/** Frames are whole: the next one begins where the last one ended. */
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
