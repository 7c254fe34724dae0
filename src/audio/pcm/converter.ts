/** PCM of any rate and form to the 48 kHz stereo that everything here is made of. */
import { SAMPLE_RATE } from './pcm.js';
import { Resampler } from './resampler.js';
import { channelOf, interleaved16, SAMPLE_BYTES, type SampleFormat } from './samples.js';

/** What PCM without a header is. */
export interface PcmFormat {
  /** Samples a second and channel, from 4000 to 768 000. */
  readonly sampleRate: number;
  /** Interleaved: left, right. Mono is heard on both sides. */
  readonly channels: 1 | 2;
  /** Little-endian. */
  readonly format: SampleFormat;
}

/** A pure step: bytes in, cut anywhere, and signed 16-bit interleaved stereo at 48 kHz out. */
export class PcmConverter {
  readonly #format: PcmFormat;
  /** One a channel; none where the rate is right. */
  readonly #resamplers: readonly Resampler[];
  readonly #frameBytes: number;
  /** The beginning of a sample whose end has not come. */
  #rest: Uint8Array = new Uint8Array(0);

  /** @throws RangeError for a rate, channels or a form that there are none of */
  constructor(format: PcmFormat) {
    const { channels, sampleRate } = format;
    if (channels !== 1 && channels !== 2) throw new RangeError(`channels must be 1 or 2, and is ${String(channels)}`);
    const bytes: number | undefined = SAMPLE_BYTES[format.format];
    if (bytes === undefined) throw new RangeError(`format must be one of ${Object.keys(SAMPLE_BYTES).join(', ')}, and is ${format.format}`);
    this.#format = format;
    this.#frameBytes = bytes * channels;
    this.#resamplers = sampleRate === SAMPLE_RATE ? [] : Array.from({ length: channels }, () => new Resampler(sampleRate));
  }

  /** Bytes of a sample of all channels that are still to come; 0 where none is begun. */
  get open(): number {
    return this.#rest.length === 0 ? 0 : this.#frameBytes - this.#rest.length;
  }

  /** What these bytes complete. */
  push(bytes: Uint8Array): Int16Array {
    let all = bytes;
    if (this.#rest.length > 0) {
      all = new Uint8Array(this.#rest.length + bytes.length);
      all.set(this.#rest);
      all.set(bytes, this.#rest.length);
    }
    const whole = all.length - (all.length % this.#frameBytes);
    this.#rest = all.slice(whole);
    const { format, channels } = this.#format;
    return this.#stereo(
      Array.from({ length: channels }, (_, channel) => {
        const samples = channelOf(all.subarray(0, whole), format, channels, channel);
        return this.#resamplers[channel]?.push(samples) ?? samples;
      }),
    );
  }

  /** The rest, at the end. */
  flush(): Int16Array {
    return this.#resamplers.length === 0 ? new Int16Array(0) : this.#stereo(this.#resamplers.map((resampler) => resampler.flush()));
  }

  #stereo([left, right]: readonly Float32Array[]): Int16Array {
    return interleaved16(left!, right ?? left!);
  }
}
