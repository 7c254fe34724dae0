/** Plays the same frames repeatedly. */
import { VoiceOptionsError } from '../../errors.js';
import { frameStream, type FrameStream } from '../../frames/frame-stream.js';
import { requireWholeNumber } from '../whole-number.js';
import { GaplessQueue } from './gapless-queue.js';
import { made, type FramesOrMaker } from './operator.js';

/** The read-ahead in frames: enough to open a file again while the last frames wait to be sent. */
const AHEAD = 25;

/**
 * Plays frames `count` times, without a gap: each time they are read again, and opened while the last frames of the time before still wait to be
 * sent. A source that can be read only once (a stream, a generator) is an error at the second time: pass a
 * function that makes it. An empty source stays empty.
 *
 * ```
 * frames        a-b-|
 * repeated(3)   a-b-a-b-a-b-|
 * ```
 *
 * `session.play(song).pipe(repeat(3))` does the same with three plays: each has its `started`, positions from 0, and a gap while the song is opened.
 *
 * @param count how often; default Infinity
 * @throws VoiceOptionsError unless `count` is a whole number of 1 or more, or Infinity
 */
export function repeated(count: number = Number.POSITIVE_INFINITY): (frames: FramesOrMaker) => FrameStream {
  if (count !== Number.POSITIVE_INFINITY) requireWholeNumber('count', count, 1, Number.MAX_SAFE_INTEGER);
  return (frames) =>
    frameStream((read) => {
      let empty = false;
      function* rounds(): Generator<FramesOrMaker> {
        for (let i = 0; i < count && !empty; i++) yield frames;
      }
      const whenEmpty = (index: number): unknown => {
        empty = true;
        return index === 0 ? undefined : readOnce();
      };
      return new GaplessQueue(rounds(), { ahead: AHEAD, read, make: () => made(frames), whenEmpty });
    });
}

function readOnce(): VoiceOptionsError {
  return new VoiceOptionsError(
    'frames',
    'repeated() reads its source anew each time, and this one gave nothing when it was read again: a stream or a generator can be read ' +
      'once. Give repeated() a function that makes it',
  );
}
