/** Frames of several sources, one after the other, as one. */
import type { Observable } from 'rxjs';
import { functionOf, count, having, fields } from '../../checks/check.js';
import { holdBack } from '../../edge.js';
import { frameStream, type FrameStream } from '../../frames/frame-stream.js';
import { GaplessQueue } from './gapless-queue.js';
import { made, type FrameOperator, type FramesOrMaker } from './operator.js';

/** How the sources of {@link gapless} follow each other; every field has a default. */
export interface GaplessOptions {
  /**
   * How many frames are read ahead, across the end of one source into the next, which is opened when the one before it has been read to its
   * end. Use more for sources that take long to open. Default 100, two seconds of 20 ms frames.
   */
  readonly ahead?: number;
  /** Called when the first frame of a source is about to be heard, with the index of the source in the list, from 0. */
  readonly onTurn?: (index: number) => void;
  /**
   * Called for a source that fails, when its turn comes; then the list continues with the next one. Without it, the error of a source ends
   * the whole list, also when its turn comes.
   */
  readonly onError?: (error: unknown, index: number) => void;
  /** Each value ends the source that is heard or awaited, and the next one follows. */
  readonly skip$?: Observable<unknown>;
}

const check = fields({
  ahead: count('a whole number of frames, 1 or more', 1),
  onTurn: functionOf('that is given the index of a source'),
  onError: functionOf('that is given an error and the index of its source'),
  skip$: having(['subscribe'], 'an Observable'),
});

/** The default of `ahead`. */
const AHEAD = 100;

/**
 * Plays several sources as one, without a gap. Each source is opened when the one before it has been read to its end, which is `ahead` frames before its turn.
 * So at most two are open at once, and no connection to a server is idle for long. The list itself is read when
 * needed: it may be an array, an endless generator, or an Observable, which is waited for.
 *
 * ```
 * sources   (ab|)            a: 1-2-3-|   b: 4-5-|
 * opened    a----b
 * result    1-2-3-4-5-|      b was opened while 3 waited for its time
 * ```
 *
 * An item may be a function: it is called to make the source when that is to be opened.
 *
 * @throws VoiceOptionsError for a wrong option
 */
export function gapless(
  sources: Iterable<FramesOrMaker> | AsyncIterable<FramesOrMaker> | Observable<FramesOrMaker>,
  options: GaplessOptions = {},
): FrameStream {
  check('', options);
  if (Array.isArray(sources)) for (const one of sources) holdBack(one);
  const { ahead = AHEAD } = options;
  return frameStream((read) => new GaplessQueue(sources, { ...options, ahead, read, make: (item) => made(item as FramesOrMaker) }));
}

/**
 * Plays these frames, and then `next`, without a gap: {@link gapless} for two sources. `next` is opened while the last of these frames still
 * wait to be sent. If it fails, the error comes when its turn has come.
 *
 * ```
 * frames           1-2-3-|
 * preload(next)    1-2-3-4-5-|      next: 4-5-|
 * ```
 */
export function preload(next: FramesOrMaker, options: GaplessOptions = {}): FrameOperator {
  return (frames) => gapless([frames, next], options);
}
