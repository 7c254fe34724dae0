/** Assembles the packets of one logical Ogg stream from its pages. Source: RFC 3533 sections 5 and 6. */
import type { OggPage } from './pages.js';

/** No Opus packet is longer: 48 frames of 1275 bytes, with their lengths. Source: RFC 7845 section 6. */
export const MAX_PACKET_BYTES = 61_440;

const FULL_LACING = 255;

export class OggPacketAssembler {
  #parts: Uint8Array[] = [];
  #stored = 0;
  #open = false;
  #sequence: number | undefined;
  readonly #onLoss: (reason: 'missing-pages' | 'broken-packet') => void;

  constructor(onLoss: (reason: 'missing-pages' | 'broken-packet') => void) {
    this.#onLoss = onLoss;
  }

  /** Whether the last packet continues in a page that has not come yet. */
  get open(): boolean {
    return this.#open;
  }

  /**
   * The packets that end in this page, in order; each owns its memory. A packet longer than {@link MAX_PACKET_BYTES} is truncated,
   * to a length that is still above that limit.
   */
  take(page: OggPage): readonly Uint8Array[] {
    const whole = this.#followOn(page);
    const packets: Uint8Array[] = [];
    let discarding = page.continued && !whole;
    let at = 0;
    let length = 0;
    for (const lacing of page.lacings) {
      length += lacing;
      if (lacing === FULL_LACING) continue;
      if (discarding) discarding = false;
      else packets.push(this.#complete(page.body.subarray(at, at + length)));
      at += length;
      length = 0;
    }
    const unfinished = page.lacings.at(-1) === FULL_LACING;
    if (unfinished && !discarding) this.#store(page.body.slice(at));
    return packets;
  }

  /** Whether the page continues where the last one ended; a packet that cannot be completed any more is dropped and reported. */
  #followOn(page: OggPage): boolean {
    const gap = this.#sequence !== undefined && page.sequence !== (this.#sequence + 1) >>> 0;
    this.#sequence = page.sequence;
    if (gap) this.#onLoss('missing-pages');
    const whole = page.continued === this.#open && !gap;
    if (!whole && (this.#open || page.continued)) {
      this.#drop();
      if (!gap) this.#onLoss('broken-packet');
    }
    return whole;
  }

  #store(part: Uint8Array): void {
    this.#open = true;
    if (this.#stored > MAX_PACKET_BYTES) return;
    this.#parts.push(part);
    this.#stored += part.length;
  }

  #complete(end: Uint8Array): Uint8Array {
    if (!this.#open) return end.slice();
    this.#store(end);
    const packet = new Uint8Array(this.#stored);
    let at = 0;
    for (const part of this.#parts) {
      packet.set(part, at);
      at += part.length;
    }
    this.#drop();
    return packet;
  }

  #drop(): void {
    this.#parts = [];
    this.#stored = 0;
    this.#open = false;
  }
}
