/** Finds the Opus packets among the pages of an Ogg file: picks the stream, checks its headers, follows a chain of streams. */
import { opusPacketSamples } from '../../protocol/opus-packet.js';
import type { OpusFrame } from '../../types.js';
import { isOpusTags, oggCodec, opusHeadFault } from './codecs.js';
import { MAX_PACKET_BYTES, OggPacketAssembler } from './packets.js';
import type { OggPage } from './pages.js';

/**
 * What was lost of a damaged file.
 *
 * - `unreadable-bytes`: bytes that are no sound page: its checksum failed, or something else lies between two pages
 * - `missing-pages`: the page numbers have a gap here
 * - `broken-packet`: a packet whose other part is missing
 * - `invalid-packet`: a whole packet that is no Opus packet
 */
export interface OggDamage {
  readonly reason: 'unreadable-bytes' | 'missing-pages' | 'broken-packet' | 'invalid-packet';
  /** Where, in bytes from the start of the source: of the unreadable bytes, or of the page at which it was noticed. */
  readonly offset: number;
  /** Bytes skipped, or of the invalid packet; 0 where that cannot be known. */
  readonly bytes: number;
}

/** One logical Opus stream: a song, or one of several that are chained. */
interface Link {
  readonly serial: number;
  readonly packets: OggPacketAssembler;
  phase: 'head' | 'tags' | 'audio' | 'ended';
}

export class OggOpusStreams {
  #link: Link | undefined;
  /** What the streams of this link that are not ours hold. */
  #others: string[] = [];
  #beginning = false;
  #at = 0;
  readonly #onDamage: (damage: OggDamage) => void;
  readonly #fail: (message: string) => never;

  /** @param fail throws the message as an error */
  constructor(onDamage: (damage: OggDamage) => void, fail: (message: string) => never) {
    this.#onDamage = onDamage;
    this.#fail = fail;
  }

  /** The frames that end in this page. */
  frames(page: OggPage): readonly OpusFrame[] {
    this.#at = page.offset;
    if (page.first) this.#begin(page);
    else this.#beginning = false;
    const link = this.#link;
    if (link === undefined) {
      // All first pages come before any other (RFC 3533 section 4), so now it is certain.
      return page.first ? [] : this.#fail(this.#noOpus());
    }
    if (page.serial !== link.serial || link.phase === 'ended') return [];
    const frames = link.packets.take(page).filter((packet) => this.#isFrame(link, packet));
    if (page.last && !link.packets.open) link.phase = 'ended';
    return frames;
  }

  /** To be called when there are no more pages: why the file is not whole, or undefined. */
  incomplete(): string | undefined {
    if (this.#link === undefined) return this.#others.length > 0 ? this.#noOpus() : undefined;
    if (this.#link.packets.open) return 'the file is cut off inside a packet';
    return this.#link.phase === 'tags' ? 'the file is cut off inside its headers' : undefined;
  }

  #begin(page: OggPage): void {
    // A first page after others starts the next link of a chain, even if the last one never said that it ended.
    if (!this.#beginning) {
      this.#link = undefined;
      this.#others = [];
    }
    this.#beginning = true;
    const codec = oggCodec(page.body);
    if (codec === 'Opus' && this.#link === undefined) {
      const packets = new OggPacketAssembler((reason) => this.#onDamage({ reason, offset: this.#at, bytes: 0 }));
      this.#link = { serial: page.serial, packets, phase: 'head' };
    } else {
      this.#others.push(codec ?? 'an unknown codec');
    }
  }

  #noOpus(): string {
    if (this.#others.length === 0) {
      return 'this Ogg stream does not start with a header page: read it from its beginning, or repair the file';
    }
    const held = this.#others.join(', ');
    return `this Ogg file holds ${held} but no Opus. Convert it first: ffmpeg -i INPUT -vn -c:a libopus -b:a 96k OUTPUT.ogg`;
  }

  #isFrame(link: Link, packet: Uint8Array): boolean {
    if (link.phase === 'head') {
      const fault = opusHeadFault(packet);
      if (fault !== undefined) this.#fail(`this Opus stream cannot be played: ${fault}`);
      link.phase = 'tags';
      return false;
    }
    // Where the page with the tags is lost, the next packet already is audio.
    const tags = link.phase === 'tags' && isOpusTags(packet);
    link.phase = 'audio';
    if (tags) return false;
    const valid = packet.length <= MAX_PACKET_BYTES && typeof opusPacketSamples(packet) === 'number';
    if (!valid) this.#onDamage({ reason: 'invalid-packet', offset: this.#at, bytes: packet.length });
    return valid;
  }
}
