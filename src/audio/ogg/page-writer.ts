/** Puts whole packets into Ogg pages. Source: RFC 3533 section 6. */
import { oggPageCrc } from './crc.js';

const HEADER_BYTES = 27;
const MAX_SEGMENTS = 255;
const LACING = 255;
const FIRST_PAGE = 0x02;
const LAST_PAGE = 0x04;
/** Bytes of the longest packet that fits into one page: 255 lacing values, the last one below 255. */
export const MAX_PAGED_PACKET_BYTES = MAX_SEGMENTS * LACING - 1;

/**
 * The pages of one logical stream. A packet never continues in another page, so that a file cut between two pages has only whole
 * packets; an Opus packet is always short enough for that.
 *
 * ```
 *  0      4         5       6         14       18         22    26         27        27+n
 *  +------+---------+-------+---------+--------+----------+-----+----------+---------+---------+
 *  | OggS | version | flags | granule | serial | sequence | CRC | segments | lacings | packets |   little-endian
 *  +------+---------+-------+---------+--------+----------+-----+----------+---------+---------+
 * ```
 */
export class OggPageWriter {
  readonly #serial: number;
  #sequence = 0;
  #packets: Uint8Array[] = [];
  #segments = 0;
  #bytes = 0;

  /** @param serial distinguishes the logical streams of a file; 32 bits, unsigned */
  constructor(serial: number) {
    this.#serial = serial;
  }

  /** Whether no packet waits for its page. */
  get empty(): boolean {
    return this.#packets.length === 0;
  }

  /** Whether the current page has room for one more packet of this length. */
  fits(bytes: number): boolean {
    return this.#segments + segmentsOf(bytes) <= MAX_SEGMENTS;
  }

  /** Adds a packet to the page. It must fit, and is not copied before the page is made. */
  add(packet: Uint8Array): void {
    this.#packets.push(packet);
    this.#segments += segmentsOf(packet.length);
    this.#bytes += packet.length;
  }

  /**
   * The page, with all packets added since the last one.
   *
   * @param granule samples at 48 kHz up to the end of its last packet
   */
  page(granule: number, last = false): Uint8Array {
    const page = new Uint8Array(HEADER_BYTES + this.#segments + this.#bytes);
    const view = new DataView(page.buffer);
    page.set([0x4f, 0x67, 0x67, 0x53]);
    page[5] = (this.#sequence === 0 ? FIRST_PAGE : 0) | (last ? LAST_PAGE : 0);
    // -1 means that no packet ends in this page.
    view.setBigInt64(6, this.empty ? -1n : BigInt(granule), true);
    view.setUint32(14, this.#serial, true);
    view.setUint32(18, this.#sequence, true);
    page[26] = this.#segments;
    let lacingAt = HEADER_BYTES;
    let at = HEADER_BYTES + this.#segments;
    for (const packet of this.#packets) {
      const full = segmentsOf(packet.length) - 1;
      page.fill(LACING, lacingAt, lacingAt + full);
      page[lacingAt + full] = packet.length - full * LACING;
      lacingAt += full + 1;
      page.set(packet, at);
      at += packet.length;
    }
    view.setUint32(22, oggPageCrc(page, 0, page.length), true);
    this.#sequence = (this.#sequence + 1) >>> 0;
    this.#packets = [];
    this.#segments = 0;
    this.#bytes = 0;
    return page;
  }
}

/** A packet whose length is a multiple of 255 ends with a lacing value of 0. */
function segmentsOf(bytes: number): number {
  return Math.floor(bytes / LACING) + 1;
}
