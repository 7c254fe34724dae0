/** Which packets of an MP4 file are believed: the format has no checksum, and nothing to find one's way again by. */
import type { OpusPart } from '../opus/parts.js';

/** So many sound packets in a row are no chance: bytes at random are one with a chance of about one in ten. */
const BELIEVED = 8;

/**
 * Where bytes are missing, every packet behind is cut out of the wrong place, and one in ten looks like a packet. So after one that is
 * none, packets are held back until there are eight in a row; those that turn out to be chance become silence.
 */
export class PacketTrust {
  #held: (OpusPart & { readonly samples: number })[] | undefined;

  /** A packet that looks sound. */
  *sound(part: OpusPart & { readonly samples: number }): Generator<OpusPart, void> {
    if (this.#held === undefined) {
      yield part;
      return;
    }
    this.#held.push(part);
    if (this.#held.length < BELIEVED) return;
    const held = this.#held;
    this.#held = undefined;
    yield* held;
  }

  /** One that is none, and lasts so long by the index. */
  *broken(samples: number): Generator<OpusPart, void> {
    yield* this.#asSilence(samples);
    this.#held = [];
  }

  /** The end: what was held back is not believed any more. */
  *end(): Generator<OpusPart, void> {
    yield* this.#asSilence(0);
    this.#held = undefined;
  }

  *#asSilence(more: number): Generator<OpusPart, void> {
    const samples = (this.#held ?? []).reduce((sum, part) => sum + part.samples, more);
    if (samples > 0) yield { type: 'pause', samples };
  }
}
