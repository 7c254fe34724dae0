/** Decodes the packets of a file to PCM, exact to the sample. */
import type { OpusCodec, OpusDecoderFactory } from '../opus/codec.js';
import { createOpusDecoder } from '../opus/decoder.js';
import { pausePackets, type OpusPart } from '../opus/parts.js';
import { CHANNELS } from '../pcm/pcm.js';
import { amplify } from './gain.js';

/** How to decode. */
export interface FileDecoderOptions {
  readonly codec?: OpusDecoderFactory | undefined;
  /** Apply the gain that the header asks for. */
  readonly outputGain: boolean;
  /** Called for a packet that the codec refuses; it is concealed. */
  readonly onUndecodable: (bytes: number, error: unknown) => void;
}

/**
 * A pure step from parts to PCM. It drops the samples that the header marks (pre-skip) and those that the end marks (trim); for that it
 * delays its output by one packet. Source: RFC 7845 sections 4.2 (pre-skip), 4.4 (end trimming) and 5.1 (output gain).
 */
export class FileDecoder {
  readonly #options: FileDecoderOptions;
  readonly #codec: OpusCodec;
  #gain = 0;
  /** Samples still to be dropped. */
  #skip = 0;
  /** The PCM of the last packet, which a trim may shorten. */
  #held: Int16Array = new Int16Array(0);

  constructor(options: FileDecoderOptions) {
    this.#options = options;
    this.#codec = (options.codec ?? createOpusDecoder)();
  }

  /** Returns the PCM that this part completes: usually that of the part before it. */
  *step(part: OpusPart): Generator<Int16Array, void> {
    switch (part.type) {
      case 'head':
        this.#gain = this.#options.outputGain ? part.head.outputGain : 0;
        this.#skip = part.head.preSkip;
        return;
      case 'packet':
        yield this.flush();
        this.#hold(this.#decode(part.frame, part.samples));
        return;
      case 'pause':
        for (const { frame, samples } of pausePackets(part.samples)) {
          yield this.flush();
          this.#hold(this.#decode(frame, samples));
        }
        return;
      case 'trim':
        this.#held = this.#held.subarray(0, Math.max(0, this.#held.length - part.samples * CHANNELS));
    }
  }

  /** Drops this many more samples: those before the requested position. */
  skip(samples: number): void {
    this.#skip += samples;
  }

  /** Returns the PCM that is held back. */
  flush(): Int16Array {
    const held = this.#held;
    this.#held = new Int16Array(0);
    return held;
  }

  free(): void {
    this.#codec.free?.();
  }

  #hold(pcm: Int16Array): void {
    const skipped = Math.min(this.#skip, pcm.length / CHANNELS);
    this.#skip -= skipped;
    this.#held = amplify(pcm.subarray(skipped * CHANNELS), this.#gain);
  }

  #decode(frame: Uint8Array, samples: number): Int16Array {
    try {
      return this.#codec.decode(frame);
    } catch (error) {
      this.#options.onUndecodable(frame.length, error);
      return this.#conceal(samples);
    }
  }

  #conceal(samples: number): Int16Array {
    try {
      return this.#codec.conceal?.(samples) ?? new Int16Array(samples * CHANNELS);
    } catch {
      // A codec that crashed cannot conceal: silence of the right length is given.
      return new Int16Array(samples * CHANNELS);
    }
  }
}
