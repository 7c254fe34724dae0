/** The iterator of a source. */
import { opusPacketSamples } from '../../protocol/opus-packet.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { OpusFrame } from '../../types.js';
import type { Reading } from './reading.js';

/** An iterator that knows its position, and can be released while it waits. */
export interface FrameIterator extends AsyncIterator<OpusFrame, undefined> {
  /** Where in the sound the next frame begins, in ms from the start of the media. */
  readonly position: number;
  /** Releases the input and the ffmpeg at once, also while a frame is awaited. */
  return(): Promise<IteratorResult<OpusFrame, undefined>>;
}

/** The frames of a reading. */
export function iterateFrames(reading: Reading): FrameIterator {
  const frames = untilReleased(reading, reading.frames());
  let samples = 0;
  return {
    get position(): number {
      return reading.start + samples / SAMPLES_PER_MS;
    },
    async next() {
      const result = await frames.next();
      const length = result.done === true ? 0 : opusPacketSamples(result.value);
      if (typeof length === 'number') samples += length;
      return result;
    },
    async return() {
      await reading.release();
      return frames.return(undefined);
    },
  };
}

/** After a release the items end without an error, whatever was going on; after an end or an error the reading is released. */
export async function* untilReleased<T>(reading: Reading, items: AsyncGenerator<T, undefined>): AsyncGenerator<T, undefined> {
  try {
    return yield* items;
  } catch (error) {
    if (reading.released) return undefined;
    throw error;
  } finally {
    await reading.release();
  }
}
