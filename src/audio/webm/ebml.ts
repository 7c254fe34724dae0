/** The syntax of Matroska: elements with an id, a size and a body. */

/** The longest header: an id of 4 and a size of 8 bytes. */
export const MAX_HEADER_BYTES = 12;

/** The element ids that are read here. Source: RFC 9559 section 5.1 (Matroska), RFC 8794 section 11.3 (EBML). */
export const Id = {
  Ebml: 0x1a45dfa3,
  DocType: 0x4282,
  Void: 0xec,
  Crc32: 0xbf,
  Segment: 0x18538067,
  SeekHead: 0x114d9b74,
  Info: 0x1549a966,
  TimestampScale: 0x2ad7b1,
  Duration: 0x4489,
  Title: 0x7ba9,
  Tracks: 0x1654ae6b,
  TrackEntry: 0xae,
  TrackNumber: 0xd7,
  CodecId: 0x86,
  CodecPrivate: 0x63a2,
  Audio: 0xe1,
  SamplingFrequency: 0xb5,
  Channels: 0x9f,
  TrackType: 0x83,
  ContentEncodings: 0x6d80,
  Cues: 0x1c53bb6b,
  Chapters: 0x1043a770,
  Attachments: 0x1941a469,
  Tags: 0x1254c367,
  Tag: 0x7373,
  Targets: 0x63c0,
  TagTrackUid: 0x63c5,
  SimpleTag: 0x67c8,
  TagName: 0x45a3,
  TagString: 0x4487,
  Cluster: 0x1f43b675,
  Timestamp: 0xe7,
  SilentTracks: 0x5854,
  Position: 0xa7,
  PrevSize: 0xab,
  SimpleBlock: 0xa3,
  EncryptedBlock: 0xaf,
  BlockGroup: 0xa0,
  Block: 0xa1,
  BlockVirtual: 0xa2,
  BlockAdditions: 0x75a1,
  BlockDuration: 0x9b,
  ReferencePriority: 0xfa,
  ReferenceBlock: 0xfb,
  ReferenceVirtual: 0xfd,
  CodecState: 0xa4,
  DiscardPadding: 0x75a2,
  Slices: 0x8e,
  ReferenceFrame: 0xc8,
} as const;

/** The header of an element. */
export interface ElementHeader {
  readonly id: number;
  /** Length of the body; Infinity if the writer did not know it, as in live streams. */
  readonly size: number;
  /** Length of the id and the size themselves. */
  readonly headerBytes: number;
}

/**
 * The header at `at`; undefined if there is none, which is damage; `'short'` if the bytes end within it.
 *
 * The number of leading zero bits gives the length of a number. These bits are part of an id, but not of a size; a size of only ones
 * means unknown. Source: RFC 8794 sections 4 to 6.
 */
export function readHeader(bytes: Uint8Array, at = 0): ElementHeader | 'short' | undefined {
  const first = bytes[at];
  if (first === undefined) return 'short';
  const idBytes = Math.clz32(first) - 23;
  if (idBytes > 4) return undefined;
  const sizeAt = at + idBytes;
  const second = bytes[sizeAt];
  if (second === undefined) return 'short';
  const sizeBytes = Math.clz32(second) - 23;
  if (sizeBytes > 8) return undefined;
  const end = sizeAt + sizeBytes;
  if (end > bytes.length) return 'short';
  let id = 0;
  for (let i = at; i < sizeAt; i++) id = id * 256 + bytes[i]!;
  let size = second & (0xff >> sizeBytes);
  let unknown = size === 0xff >> sizeBytes;
  for (let i = sizeAt + 1; i < end; i++) {
    size = size * 256 + bytes[i]!;
    unknown &&= bytes[i] === 0xff;
  }
  return { id, size: unknown ? Number.POSITIVE_INFINITY : size, headerBytes: end - at };
}

/** A complete element. */
export interface Element {
  readonly id: number;
  readonly body: Uint8Array;
}

/** The children of a complete element; stops at the first invalid one. */
export function* children(body: Uint8Array): Generator<Element, void> {
  for (let at = 0; at < body.length; ) {
    const header = readHeader(body, at);
    if (header === 'short' || header === undefined) return;
    const start = at + header.headerBytes;
    const end = start + header.size;
    if (end > body.length) return;
    yield { id: header.id, body: body.subarray(start, end) };
    at = end;
  }
}

/** An unsigned integer of 0 to 8 bytes. */
export function unsigned(body: Uint8Array): number {
  return body.subarray(0, 8).reduce((value, byte) => value * 256 + byte, 0);
}

/** A signed integer of 0 to 8 bytes. */
export function signed(body: Uint8Array): number {
  const value = unsigned(body);
  return body.length > 0 && body[0]! >= 0x80 ? value - 256 ** Math.min(8, body.length) : value;
}

/** A float of 4 or 8 bytes; 0 for any other length. */
export function float(body: Uint8Array): number {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  return body.length === 4 ? view.getFloat32(0) : body.length === 8 ? view.getFloat64(0) : 0;
}

/** Text in UTF-8, up to the first zero byte. */
export function text(body: Uint8Array): string {
  const end = body.indexOf(0);
  return new TextDecoder().decode(end < 0 ? body : body.subarray(0, end));
}
