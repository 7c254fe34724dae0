/** The contents of an Ogg file, found from its first pages. */
import { readOpusHead, type OpusHead } from '../opus/head.js';
import { oggCodec } from './codecs.js';
import { readOpusTags } from './comments.js';
import { OggPacketAssembler } from './packets.js';
import { OggPageReader } from './pages.js';

/** What the first pages tell. */
export interface OggContents {
  /** The codecs of all streams, in order; `an unknown codec` for unknown ones. Empty if the bytes contain no first page. */
  readonly codecs: readonly string[];
  /** The header of the first Opus stream. */
  readonly head: OpusHead | undefined;
  readonly serial: number | undefined;
  readonly tags: ReadonlyMap<string, string>;
  /** Whether more bytes would add nothing. */
  readonly complete: boolean;
}

const silent = { skipped: () => undefined, mended: () => undefined };

/** Reads the first pages of these bytes, up to the tags of the first Opus stream. */
export function oggContents(start: Uint8Array): OggContents {
  const reader = new OggPageReader(silent);
  reader.push(start);
  const codecs: string[] = [];
  let head: OpusHead | undefined;
  let serial: number | undefined;
  const assembler = new OggPacketAssembler(() => undefined);
  for (let page = reader.next(); page !== undefined; page = reader.next()) {
    if (page.first) codecs.push(oggCodec(page.body) ?? 'an unknown codec');
    if (page.first && serial === undefined && codecs.at(-1) === 'Opus') {
      head = readOpusHead(page.body);
      ({ serial } = page);
    } else if (!page.first && (serial === undefined || page.serial === serial)) {
      const [packet] = assembler.take(page);
      if (serial !== undefined && packet === undefined) continue;
      return { codecs, head, serial, tags: readOpusTags(packet ?? new Uint8Array(0)), complete: true };
    }
  }
  return { codecs, head, serial, tags: new Map(), complete: false };
}

/** The granule position of the last complete page of this stream in the last bytes of a file; undefined if there is none. */
export function lastGranule(tail: Uint8Array, serial: number): bigint | undefined {
  const reader = new OggPageReader(silent);
  reader.push(tail);
  let last: bigint | undefined;
  for (let page = reader.next(); page !== undefined; page = reader.next()) {
    last = page.serial === serial && page.granule >= 0n ? page.granule : page.serial === serial ? last : undefined;
  }
  return last;
}
