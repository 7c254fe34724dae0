/** Converts PCM of any rate and format to 48 kHz stereo, the format of everything here. */
import { SAMPLE_RATE } from './pcm.js';
import { Resampler } from './resampler.js';
import { channelOf, interleaved16, SAMPLE_BYTES, type SampleFormat } from './samples.js';

/** The format of PCM without a header. */
export interface PcmFormat {
  /** Samples per second and channel, from 4000 to 768 000. */
  readonly sampleRate: number;
  /** Interleaved: left, right. Mono is heard on both sides. */
  readonly channels: 1 | 2;
  /** Little-endian. */
  readonly format: SampleFormat;
}

/** A pure step: takes bytes, cut anywhere, and gives signed 16-bit interleaved stereo at 48 kHz. */
export class PcmConverter {
  readonly #format: PcmFormat;
  /** One per channel; none if the rate is already 48 kHz. */
  readonly #resamplers: readonly Resampler[];
  readonly #frameBytes: number;
  /** The beginning of a sample that is not complete yet. */
  #rest: Uint8Array = new Uint8Array(0);

  /** @throws RangeError for an unknown rate, number of channels or format */
  constructor(format: PcmFormat) {
    const { channels, sampleRate } = format;
    if (channels !== 1 && channels !== 2) throw new RangeError(`channels must be 1 or 2, and is ${String(channels)}`);
    const bytes: number | undefined = SAMPLE_BYTES[format.format];
    if (bytes === undefined) throw new RangeError(`format must be one of ${Object.keys(SAMPLE_BYTES).join(', ')}, and is ${format.format}`);
    this.#format = format;
    this.#frameBytes = bytes * channels;
    this.#resamplers = sampleRate === SAMPLE_RATE ? [] : Array.from({ length: channels }, () => new Resampler(sampleRate));
  }

  /** Bytes that are missing from the current frame of samples; 0 if none has begun. */
  get open(): number {
    return this.#rest.length === 0 ? 0 : this.#frameBytes - this.#rest.length;
  }

  /** The samples that these bytes complete. */
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
