/** What a source gives when it is iterated. */
import { opusPacketSamples } from '../../protocol/opus-packet.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { OpusFrame } from '../../types.js';
import type { Reading } from './reading.js';

/** An iterator that knows where it is, and can be let go of while it waits. */
export interface FrameIterator extends AsyncIterator<OpusFrame, undefined> {
  /** Where in the sound the next frame begins, in ms from the start of the media. */
  readonly position: number;
  /** Lets go of the input at once, and of the ffmpeg, also while a frame is being waited for. */
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

/** What is let go of ends, and does not fail, whatever it was in the middle of; what ends or fails is let go of. */
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
