/** Decides which packets of an MP4 file to trust: the format has no checksum, and no markers for resynchronising. */
import type { OpusPart } from '../opus/parts.js';

/** This many valid packets in a row are no coincidence: random bytes look valid with a probability of about one in ten. */
const BELIEVED = 8;

/**
 * If bytes are missing, every later packet is cut out of the wrong place, and one in ten looks like a packet. So after an invalid packet,
 * packets are held back until there are eight valid ones in a row; valid ones that do not get that far become silence.
 */
export class PacketTrust {
  #held: (OpusPart & { readonly samples: number })[] | undefined;

  /** A packet that looks valid. */
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

  /** An invalid packet, with its length according to the index. */
  *broken(samples: number): Generator<OpusPart, void> {
    yield* this.#asSilence(samples);
    this.#held = [];
  }

  /** The end: packets that are still held back are not trusted. */
  *end(): Generator<OpusPart, void> {
    yield* this.#asSilence(0);
    this.#held = undefined;
  }

  *#asSilence(more: number): Generator<OpusPart, void> {
    const samples = (this.#held ?? []).reduce((sum, part) => sum + part.samples, more);
    if (samples > 0) yield { type: 'pause', samples };
  }
}
