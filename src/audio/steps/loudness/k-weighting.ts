/** The frequency weighting of loudness. */
import { BiquadStep } from '../filters/biquad.js';

/** The effect of the head: frequencies above 1.5 kHz are up to 4 dB louder. */
const SHELF = { b0: 1.53512485958697, b1: -2.69169618940638, b2: 1.19839281085285, a1: -1.69065929318241, a2: 0.73248077421585 } as const;
/** Frequencies below 60 Hz hardly count. */
const HIGH_PASS = { b0: 1, b1: -2, b2: 1, a1: -1.99004745483398, a2: 0.99007225036621 } as const;

/** Two filters in a row, for 48 kHz. Source: ITU-R BS.1770-4, annex 1, tables 1 and 2. */
export class KWeighting {
  readonly #shelf = new BiquadStep(SHELF);
  readonly #highPass = new BiquadStep(HIGH_PASS);

  /** Returns a weighted copy. */
  weighted(samples: Float32Array): Float32Array {
    return this.#highPass.step(this.#shelf.step(samples.slice()));
  }
}
