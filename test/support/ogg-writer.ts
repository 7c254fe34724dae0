/** Writes Ogg pages, well-formed or not, for the tests of the reader. The checksum is the slow reference for `src/audio/ogg/crc.ts`. */
import { opusPacketSamples } from '../../src/protocol/opus-packet.js';

export interface PageFields {
  readonly serial?: number;
  readonly sequence: number;
  readonly continued?: boolean;
  readonly first?: boolean;
  readonly last?: boolean;
  readonly granule?: bigint;
  readonly lacings: readonly number[];
  readonly body: Uint8Array;
}

export interface OggFileOptions {
  readonly serial?: number;
  /** The most packets that end on one page. Default 50: one second of 20 ms frames. */
  readonly packetsPerPage?: number;
  /** The most lacing values on a page. Default 255; a small number makes packets span pages. */
  readonly segmentsPerPage?: number;
  readonly head?: Uint8Array;
  readonly tags?: Uint8Array;
  /** Mark the last page as such. Default true. */
  readonly endOfStream?: boolean;
}

const LACING = 255;

/** Bit by bit, as RFC 3533 describes it. */
export function slowOggCrc(bytes: Uint8Array): number {
  let crc = 0n;
  for (const byte of bytes) {
    for (let bit = 7n; bit >= 0n; bit--) {
      const feedback = (crc >> 31n) ^ ((BigInt(byte) >> bit) & 1n);
      crc = (crc << 1n) & 0xffff_ffffn;
      if (feedback === 1n) crc ^= 0x04c1_1db7n;
    }
  }
  return Number(crc);
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => slowOggCrc(Uint8Array.of(byte)));

/** The same checksum, a byte at a time, with a table computed here. */
export function tableCrc(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) ^ TABLE[((crc >>> 24) ^ byte) & 0xff]!) >>> 0;
  return crc;
}

export function oggPage(fields: PageFields): Uint8Array {
  const { serial = 1, sequence, continued, first, last, granule = 0n, lacings, body } = fields;
  const page = new Uint8Array(27 + lacings.length + body.length);
  const view = new DataView(page.buffer);
  page.set(ascii('OggS'));
  page[5] = (continued === true ? 1 : 0) | (first === true ? 2 : 0) | (last === true ? 4 : 0);
  view.setBigUint64(6, granule, true);
  view.setUint32(14, serial, true);
  view.setUint32(18, sequence, true);
  page[26] = lacings.length;
  page.set(lacings, 27);
  page.set(body, 27 + lacings.length);
  view.setUint32(22, tableCrc(page), true);
  return page;
}

export function opusHead(channels = 2, family = 0, version = 1): Uint8Array {
  const head = new Uint8Array(family === 0 ? 19 : 21 + channels);
  head.set(ascii('OpusHead'));
  head.set([version, channels, 0x38, 0x01, 0x80, 0xbb, 0, 0, 0, 0, family], 8);
  return head;
}

/** An OpusTags packet of `bytes` in total: one long vendor name, and no comment. */
export function opusTags(bytes = 32): Uint8Array {
  const tags = new Uint8Array(bytes).fill(0x2e);
  const view = new DataView(tags.buffer);
  tags.set(ascii('OpusTags'));
  view.setUint32(8, bytes - 16, true);
  view.setUint32(bytes - 4, 0, true);
  return tags;
}

/** The pages of an Ogg Opus file in order, generated on demand. */
export function* oggPages(packets: Iterable<Uint8Array>, options: OggFileOptions = {}): Generator<Uint8Array> {
  const { serial = 1, packetsPerPage = 50, segmentsPerPage = 255, endOfStream = true } = options;
  let sequence = 0;
  let lacings: number[] = [];
  let parts: Uint8Array[] = [];
  let ended = 0;
  let inside = false;
  let continued = false;
  let granule = 0n;

  function flush(last: boolean): Uint8Array {
    const fields = { serial, sequence, continued, first: sequence === 0, last, granule, lacings, body: concat(parts) };
    sequence += 1;
    continued = inside;
    lacings = [];
    parts = [];
    ended = 0;
    return oggPage(fields);
  }

  function* add(packet: Uint8Array): Generator<Uint8Array> {
    inside = false;
    for (let at = 0; at <= packet.length; at += LACING) {
      if (lacings.length === segmentsPerPage) yield flush(false);
      const part = packet.subarray(at, at + LACING);
      lacings.push(part.length);
      parts.push(part);
      inside = part.length === LACING;
    }
    ended += 1;
  }

  yield* add(options.head ?? opusHead());
  yield flush(false);
  yield* add(options.tags ?? opusTags());
  yield flush(false);
  for (const packet of packets) {
    if (ended >= packetsPerPage) yield flush(false);
    yield* add(packet);
    // An invalid packet counts as 20 ms.
    const samples = opusPacketSamples(packet);
    granule += BigInt(typeof samples === 'number' ? samples : 960);
  }
  yield flush(endOfStream);
}

export function oggFile(packets: Iterable<Uint8Array>, options: OggFileOptions = {}): Uint8Array {
  return concat([...oggPages(packets, options)]);
}

/** `count` valid Opus packets (CELT, 20 ms, stereo, one frame), each different, of about 240 bytes. */
export function* opusPackets(count: number, bytes: (index: number) => number = (i) => 200 + (i % 80)): Generator<Uint8Array> {
  for (let i = 0; i < count; i++) {
    const packet = new Uint8Array(bytes(i));
    let state = i + 1;
    for (let at = 1; at < packet.length; at++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      packet[at] = state >>> 24;
    }
    packet[0] = 0xfc;
    yield packet;
  }
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
