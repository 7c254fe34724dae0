/** The syntax of MP4: boxes with a size, a type and a body. */

/** The longest header: a size, a type and a long size. */
export const MAX_BOX_HEADER_BYTES = 16;

/** The header of a box. */
export interface BoxHeader {
  readonly type: string;
  /** Length of the body; Infinity for the last box of a file, whose length may be open. */
  readonly size: number;
  readonly headerBytes: number;
}

/** A complete box. */
export interface Box {
  readonly type: string;
  readonly body: DataView;
}

/**
 * The header at `at`; undefined if it is invalid, and `'short'` if the bytes end within it.
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

/** The boxes in a body; stops at the first invalid one. */
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

/** The first box at a path of types, each inside the one before. */
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
