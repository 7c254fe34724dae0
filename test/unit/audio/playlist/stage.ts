/** Frames played in virtual time: the play's events as letters for marble diagrams, and what is sent. */
import { map, type Observable } from 'rxjs';
import { DEFAULT_READ_OPTIONS, type FrameInput } from '../../../../src/frames/frame-input.js';
import { END, PENDING, type FrameQueue } from '../../../../src/frames/frame-queue.js';
import { openQueue } from '../../../../src/frames/open-queue.js';
import type { PlayOptions } from '../../../../src/media/send/play-options.js';
import { mediaStage, type Stage } from '../../media/send/stage.js';

/** S started, a to z the frames by their position in the play, H starved, P paused, F finished. */
export function letters(frames: FrameInput, options?: PlayOptions, stage: Stage = mediaStage()): Observable<string> {
  return stage.play(frames, options).pipe(
    map((event) => {
      if (event.type === 'sent') return String.fromCharCode(97 + event.position / 20);
      return { started: 'S', starved: 'H', paused: 'P', finished: 'F', suspended: '-', resumed: '+' }[event.type];
    }),
  );
}

/** Opens frames as a play would. `woken` counts the calls of `onReadable`. */
export function opened(frames: FrameInput): FrameQueue & { readonly woken: number } {
  let woken = 0;
  const queue = openQueue(frames, { ...DEFAULT_READ_OPTIONS, onReadable: () => void (woken += 1) });
  return {
    read: () => queue.read(),
    close: () => queue.close(),
    get overflow() {
      return queue.overflow;
    },
    get woken() {
      return woken;
    },
  };
}

/** Reads to the end, with time in between for read-ahead; a final error is returned as its text. */
export async function drained(queue: FrameQueue, most = 10_000): Promise<unknown[]> {
  const read: unknown[] = [];
  for (let i = 0; i < most; i++) {
    try {
      const item = queue.read();
      if (item === END) return read;
      if (item === PENDING) await new Promise((resolve) => void setImmediate(resolve));
      else read.push(item);
    } catch (error) {
      return [...read, String(error)];
    }
  }
  return [...read, 'and so on'];
}

/** The numbers in the frames that were sent (`frame 3`). */
export function sent(stage: Stage): number[] {
  return stage.packets().flatMap((line) => (line.includes('frame') ? [Number(line.split(' ').at(-1))] : []));
}
