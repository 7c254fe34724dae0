/** The grammar of MP4: boxes of a size, a type and a body. */

/** Of a size, a type and a long size. */
export const MAX_BOX_HEADER_BYTES = 16;

/** What stands in front of the body of a box. */
export interface BoxHeader {
  readonly type: string;
  /** Of the body; Infinity for the last box of a file, which may leave it open. */
  readonly size: number;
  readonly headerBytes: number;
}

/** A box that is all there. */
export interface Box {
  readonly type: string;
  readonly body: DataView;
}

/**
 * The header at `at`; undefined where it makes no sense, and `'short'` where the bytes end in it.
 *
 * ```
 *  +-------------+------+---------------------+------+
 *  | size (32)   | type | size (64), if it is 1 | body |    sizes count the header; 0: up to the end of the file
 *  +-------------+------+---------------------+------+
 * ```
 * Source: ISO/IEC 14496-12 section 4.2.
 */
export function readBoxHeader(bytes: Uint8Array, at = 0): BoxHeader | 'short' | undefined {
  if (at + 8 > bytes.length) return 'short';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
  const size = view.getUint32(at);
  if (size === 0) return { type, size: Number.POSITIVE_INFINITY, headerBytes: 8 };
  if (size !== 1) return size < 8 ? undefined : { type, size: size - 8, headerBytes: 8 };
  if (at + 16 > bytes.length) return 'short';
  const long = Number(view.getBigUint64(at + 8));
  return long < 16 ? undefined : { type, size: long - 16, headerBytes: 16 };
}

/** The boxes in a body; it ends where they make no sense any more. */
export function* boxes(body: DataView, from = 0): Generator<Box, void> {
  const bytes = new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  for (let at = from; at < bytes.length; ) {
    const header = readBoxHeader(bytes, at);
    if (header === 'short' || header === undefined) return;
    const start = at + header.headerBytes;
    const end = Math.min(start + header.size, header.size === Number.POSITIVE_INFINITY ? bytes.length : Number.POSITIVE_INFINITY);
    if (end > bytes.length) return;
    yield { type: header.type, body: new DataView(body.buffer, body.byteOffset + start, end - start) };
    at = end;
  }
}

/** The first box at a path of types, each in the one before. */
export function boxAt(body: DataView, ...path: readonly string[]): DataView | undefined {
  let found: DataView | undefined = body;
  for (const type of path) {
    if (found === undefined) return undefined;
    found = firstOf(found, type);
  }
  return found;
}

function firstOf(body: DataView, type: string): DataView | undefined {
  for (const box of boxes(body)) if (box.type === type) return box.body;
  return undefined;
}
