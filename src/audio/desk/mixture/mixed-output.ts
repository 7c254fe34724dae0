/** A mixture as Opus packets, on the very grid of the packets that are passed as they are. */
import { createOpusEncoder, type OpusEncoder } from '../../opus/encoder.js';
import { toPcm } from '../../steps/numbers.js';
import type { OpusFrame } from '../../../types.js';
import { Limiter } from './limiter.js';

/**
 * Limiter and encoder. Together they are one frame of 20 ms late: the limiter looks 648 samples ahead, and the encoder 312. So with each
 * frame of the mixture comes the packet that decodes to the frame before it, in the place that a passed packet of that frame would have.
 *
 * ```
 * mixture   0   1   2   3
 * packets   -   0   1   2
 * ```
 * The listeners' decoder has to be in the state that the packets before have left: so has this encoder, once it was given the last few
 * frames of what they held. Source: libopus, `OPUS_GET_LOOKAHEAD` at 48 kHz; docs/decisions.md has what was measured.
 */
export class MixedOutput {
  readonly #limiter = new Limiter();
  readonly #encoder: OpusEncoder;

  /** @throws OpusEncoderError when no encoder can be made */
  constructor(bitrate: number) {
    this.#encoder = createOpusEncoder({ bitrate });
  }

  /** Whether the limiter leaves everything as it is. */
  get untouched(): boolean {
    return this.#limiter.idle;
  }

  /** The packet of the frame before this one; the first is of no use. The array is changed. */
  push(mixture: Float32Array): OpusFrame {
    this.#limiter.step(mixture);
    return this.#encoder.encode(toPcm(mixture));
  }

  free(): void {
    this.#encoder.free();
  }
}
