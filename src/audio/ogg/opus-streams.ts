/** Finds the Opus packets in the pages of an Ogg file: selects the stream, checks its headers, and follows chained streams. */
import { opusPacketSamples } from '../../protocol/opus-packet.js';
import { readOpusHead } from '../opus/head.js';
import type { OpusPart } from '../opus/parts.js';
import { isOpusTags, oggCodec, opusHeadFault } from './codecs.js';
import { readOpusTags } from './comments.js';
import { MAX_PACKET_BYTES, OggPacketAssembler } from './packets.js';
import { PageClock } from './page-clock.js';
import type { OggPage } from './pages.js';

/**
 * A loss in a damaged file.
 *
 * - `unreadable-bytes`: bytes that are not a valid page: its checksum failed, or there is something else between two pages
 * - `mended-byte`: one changed byte of a page was repaired with the checksum: nothing is lost
 * - `missing-pages`: the page numbers have a gap here
 * - `broken-packet`: a packet whose other part is missing
 * - `invalid-packet`: a complete packet that is not an Opus packet
 * - `impossible-time`: a page whose time is more than an hour after the one before it; its packets are given without a pause
 */
export interface OggDamage {
  readonly reason: 'unreadable-bytes' | 'mended-byte' | 'missing-pages' | 'broken-packet' | 'invalid-packet' | 'impossible-time';
  /** Where, in bytes from the start of the source: of the unreadable or repaired bytes, or of the page at which it was noticed. */
  readonly offset: number;
  /** Bytes that were skipped, or length of the invalid packet; 0 if that is unknown. */
  readonly bytes: number;
}

/** One logical Opus stream: a song, or one of several chained streams. */
interface Link {
  readonly serial: number;
  readonly packets: OggPacketAssembler;
  readonly clock: PageClock;
  phase: 'head' | 'tags' | 'audio' | 'ended';
}

export class OggOpusStreams {
  #link: Link | undefined;
  /** The codecs of the other streams of this link. */
  #others: string[] = [];
  #beginning = false;
  #at = 0;
  #tags: ReadonlyMap<string, string> = new Map();
  readonly #onDamage: (damage: OggDamage) => void;
  readonly #fail: (message: string) => never;

  /** @param fail throws the message as an error */
  constructor(onDamage: (damage: OggDamage) => void, fail: (message: string) => never) {
    this.#onDamage = onDamage;
    this.#fail = fail;
  }

  /** The comments of the stream that was read last. */
  get tags(): ReadonlyMap<string, string> {
    return this.#tags;
  }

  /** The parts of the Opus stream that end in this page. */
  parts(page: OggPage): readonly OpusPart[] {
    this.#at = page.offset;
    if (page.first) this.#begin(page);
    else this.#beginning = false;
    const link = this.#link;
    if (link === undefined) {
      // All first pages come before any other page (RFC 3533 section 4), so there is no Opus stream.
      return page.first ? [] : this.#fail(this.#noOpus());
    }
    if (page.serial !== link.serial || link.phase === 'ended') return [];
    const parts = link.packets.take(page).flatMap((packet) => this.#part(link, packet) ?? []);
    // The pages of the headers have granule position 0, which is not a time.
    if (parts.some(({ type }) => type === 'packet')) this.#time(link, page, parts);
    if (page.last && !link.packets.open) link.phase = 'ended';
    return parts;
  }

  /** Called when there are no more pages: returns why the file is incomplete, or undefined. */
  incomplete(): string | undefined {
    if (this.#link === undefined) return this.#others.length > 0 ? this.#noOpus() : undefined;
    if (this.#link.packets.open) return 'the file is cut off inside a packet';
    return this.#link.phase === 'tags' ? 'the file is cut off inside its headers' : undefined;
  }

  #begin(page: OggPage): void {
    // A first page after other pages starts the next link of a chain, even if the last one has no end mark.
    if (!this.#beginning) {
      this.#link = undefined;
      this.#others = [];
    }
    this.#beginning = true;
    const codec = oggCodec(page.body);
    if (codec === 'Opus' && this.#link === undefined) {
      const packets = new OggPacketAssembler((reason) => this.#onDamage({ reason, offset: this.#at, bytes: 0 }));
      this.#link = { serial: page.serial, packets, clock: new PageClock(), phase: 'head' };
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

  #part(link: Link, packet: Uint8Array): OpusPart | undefined {
    if (link.phase === 'head') {
      const fault = opusHeadFault(packet);
      if (fault !== undefined) this.#fail(`this Opus stream cannot be played: ${fault}`);
      link.phase = 'tags';
      return { type: 'head', head: readOpusHead(packet)! };
    }
    // If the page with the tags is lost, the next packet is already audio.
    const tags = link.phase === 'tags' && isOpusTags(packet);
    link.phase = 'audio';
    if (tags) {
      this.#tags = readOpusTags(packet);
      return undefined;
    }
    const samples = packet.length > MAX_PACKET_BYTES ? 'it is too long' : opusPacketSamples(packet);
    if (typeof samples === 'number') return { type: 'packet', frame: packet, samples };
    this.#onDamage({ reason: 'invalid-packet', offset: this.#at, bytes: packet.length });
    return undefined;
  }

  /** Adds the pause before the packets of a page, or the trim after them. */
  #time(link: Link, page: OggPage, parts: OpusPart[]): void {
    const samples = parts.reduce((sum, part) => sum + (part.type === 'packet' ? part.samples : 0), 0);
    const timing = link.clock.step(page.granule, samples, page.last);
    if (timing === undefined) this.#onDamage({ reason: 'impossible-time', offset: this.#at, bytes: 0 });
    else if (timing.pause > 0) parts.unshift({ type: 'pause', samples: timing.pause });
    else if (timing.trim > 0) parts.push({ type: 'trim', samples: timing.trim });
  }
}
