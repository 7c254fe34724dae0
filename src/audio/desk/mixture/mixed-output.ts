/** A mixture as Opus packets, on the very grid of the packets that are passed as they are. */
import { SAMPLES_PER_FRAME } from '../../../protocol/silence.js';
import type { OpusFrame } from '../../../types.js';
import type { OpusPacketEncoder } from '../../opus/codec.js';
import { CHANNELS } from '../../pcm/pcm.js';
import { limiter } from '../../steps/level/limiter.js';
import { toPcm } from '../../steps/numbers.js';
import { Fifo } from './fifo.js';

/** The encoder is late by so many samples. Source: libopus, `OPUS_GET_LOOKAHEAD` at 48 kHz. */
const LOOK_AHEAD = 312;
/** The limiter, which looks ahead too, is made late by so much that both are a frame. */
const DELAY = SAMPLES_PER_FRAME - LOOK_AHEAD;
/** Frames after which a peak is over for the limiter: its gain comes back by 63 % in 100 ms, and is 1 when it is 1 to 120 dB. */
const RECOVERED = 72;

/**
 * Limiter and encoder: a frame of 20 ms late, together. So with each frame of the mixture comes the packet that decodes to the frame before it,
 * in the place that a passed packet of that frame would have.
 *
 * ```
 * mixture   0   1   2   3
 * packets   -   0   1   2
 * ```
 * The listeners' decoder has to be in the state that the packets before have left: so has this encoder, once it was given the last few
 * frames of what they held. docs/decisions.md has what was measured.
 */
export class MixedOutput {
  readonly #limiter = limiter({ ceiling: 0 }).start();
  readonly #late = new Fifo();
  readonly #encoder: OpusPacketEncoder;
  #sincePeak = RECOVERED;

  /** @param encoder a fresh one, which is freed with this */
  constructor(encoder: OpusPacketEncoder) {
    this.#encoder = encoder;
    this.#late.push(new Float32Array(DELAY * CHANNELS));
  }

  /** Whether the limiter leaves everything as it is. */
  get untouched(): boolean {
    return this.#sincePeak >= RECOVERED;
  }

  /** The packet of the frame before this one; the first is of no use. */
  push(mixture: Float32Array): OpusFrame {
    this.#sincePeak = tooLoud(mixture) ? 0 : this.#sincePeak + 1;
    // It holds back what it looks ahead: less than the delay, so a frame is always there.
    this.#late.push(this.#limiter.step(mixture));
    const frame = new Float32Array(mixture.length);
    this.#late.take(frame, 0, SAMPLES_PER_FRAME);
    return this.#encoder.encode(toPcm(frame));
  }

  free(): void {
    this.#limiter.free?.();
    this.#encoder.free?.();
  }
}

function tooLoud(samples: Float32Array): boolean {
  for (let i = 0; i < samples.length; i++) if (samples[i]! > 1 || samples[i]! < -1) return true;
  return false;
}
