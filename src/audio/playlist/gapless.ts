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
   * How many frames are read before their time, over the end of one source into the next, which is opened when the one before it has been read
   * to its end. More for sources that take long to open. Default 100, two seconds of 20 ms frames.
   */
  readonly ahead?: number;
  /** Told when the first frame of a source is about to be heard, with the source's place in the list, from 0. */
  readonly onTurn?: (index: number) => void;
  /**
   * Told of a source that fails, when it is its turn: the list goes on with the next one. Without it, such an error is one of the whole; and it
   * is told when it is its turn, too.
   */
  readonly onError?: (error: unknown, index: number) => void;
  /** Each value ends the source that is heard, or waited for, and the next one follows. */
  readonly skip$?: Observable<unknown>;
}

const check = fields({
  ahead: count('a whole number of frames, 1 or more', 1),
  onTurn: functionOf('that is given the index of a source'),
  onError: functionOf('that is given an error and the index of its source'),
  skip$: having(['subscribe'], 'an Observable'),
});

/** What is read ahead unless told otherwise. */
const AHEAD = 100;

/**
 * The frames of several sources as one, without a gap. Each is opened when the one before it has been read to its end, `ahead` of its time, so
 * that at most two are open at once and none waits long on a server that would grow tired of it. The list itself is read as it is
 * needed: it may be an array, a generator without end, or an Observable, which is waited for.
 *
 * ```
 * sources   (ab|)            a: 1-2-3-|   b: 4-5-|
 * opened    a----b
 * result    1-2-3-4-5-|      b was opened while 3 waited for its time
 * ```
 *
 * An item may be a function that makes the source when its turn to be opened has come.
 *
 * @throws VoiceOptionsError, a wrong option
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
 * These frames, and then `next`, without a gap: {@link gapless} for two. The next is opened while the last of these wait for their time; what
 * it fails with is told when it is its turn.
 *
 * ```
 * frames           1-2-3-|
 * preload(next)    1-2-3-4-5-|      next: 4-5-|
 * ```
 */
export function preload(next: FramesOrMaker, options: GaplessOptions = {}): FrameOperator {
  return (frames) => gapless([frames, next], options);
}
