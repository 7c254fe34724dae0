/** Any input of the user, as PCM. */
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
  /** Where to begin, in ms. Default 0. In a stream, everything before is read and discarded. */
  readonly from?: number;
  /** Makes the decoder of Opus. Default `createOpusDecoder`. */
  readonly codec?: OpusDecoderFactory;
}

const checkOptions = fields({
  ...SOURCE,
  from: amount('a number of milliseconds, 0 or more', 0, Number.MAX_VALUE),
  codec: functionOf('that makes a decoder'),
} satisfies Readonly<Record<keyof PcmSourceOptions, Check>>);

/**
 * Reads the same inputs as `source()`, decoded: blocks of 20 ms of 48 kHz stereo, for filters, a mixer or a recogniser. Each block has 1920
 * numbers, except that the last may be shorter, so the whole is exactly as long as the sound: samples that an Opus stream marks to be
 * dropped at its start and end are dropped, and the gain in its header is applied.
 *
 * `timestamp` counts samples and `arrival` ms, both from the start of the media; `ssrc` is 0 and `userId` null.
 *
 * @throws as `source()` does; VoiceOptionsError at once for an unknown option, or one that is out of range
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
