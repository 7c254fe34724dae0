/** Whatever the user has, as PCM. */
import { amount, fields, functionOf, type Check } from '../../checks/check.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import { holdBack } from '../../edge.js';
import type { OpusDecoderFactory } from '../opus/codec.js';
import { CHANNELS, type PcmFrame } from '../pcm/pcm.js';
import { untilReleased } from './frame-iterator.js';
import type { SourceInput } from './input/input.js';
import { SOURCE, type SourceOptions } from './options.js';
import { Reading } from './reading.js';

/** How to read an input as PCM. */
export interface PcmSourceOptions extends SourceOptions {
  /** Where to begin, in ms. Default 0. Of a stream, what is before is read and thrown away. */
  readonly from?: number;
  /** What decodes Opus. Default `createOpusDecoder`. */
  readonly codec?: OpusDecoderFactory;
}

const checkOptions = fields({
  ...SOURCE,
  from: amount('a number of milliseconds, 0 or more', 0, Number.MAX_VALUE),
  codec: functionOf('that makes a decoder'),
} satisfies Readonly<Record<keyof PcmSourceOptions, Check>>);

/**
 * The same as `source()`, decoded: blocks of 20 ms of 48 kHz stereo, for filters, a mixer, a recogniser. All blocks but the last are 1920
 * numbers long; the last has what is left, so the whole is as long as the sound, to the sample: what the header of an Opus stream says is
 * to be left out at the start, and what its end says is to be cut off, is not in it, and the gain that it asks for is applied.
 *
 * `timestamp` counts samples and `arrival` ms, both from the start of the media; `ssrc` is 0 and `userId` null.
 *
 * @throws as `source()` does; VoiceOptionsError at once for an option that is none, or out of its range
 */
export function pcm(input: SourceInput, options: PcmSourceOptions = {}): AsyncIterable<PcmFrame> {
  checkOptions('', options);
  const { from = 0, codec } = options;
  holdBack(input);
  return {
    [Symbol.asyncIterator](): AsyncIterator<PcmFrame> {
      const reading = new Reading(input, options, from);
      const blocks = untilReleased(reading, reading.blocks(codec));
      let samples = Math.round(from * SAMPLES_PER_MS);
      return {
        async next() {
          const { done, value } = await blocks.next();
          if (done === true || value === undefined) return { done: true, value: undefined };
          const at = samples;
          samples += value.length / CHANNELS;
          const frame = { userId: null, ssrc: 0, timestamp: at >>> 0, arrival: at / SAMPLES_PER_MS, pcm: value, concealed: false };
          return { done: false, value: frame };
        },
        async return() {
          await reading.release();
          await blocks.return(undefined);
          return { done: true, value: undefined };
        },
      };
    },
  };
}
