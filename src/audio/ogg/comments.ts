/** The comments of an Opus stream: title, artist and gains. */
import { isOpusTags } from './codecs.js';

const MAGIC_BYTES = 8;
/** Longer comments are pictures and the like. */
const MAX_COMMENT_BYTES = 4_096;
/** Limit of comments: a file made to exhaust the memory has more. */
const MAX_COMMENTS = 256;

/**
 * The comments of an OpusTags packet by their names in upper case; values with the same name are joined by `; `. Pictures and other long
 * comments are left out. Incomplete comments are left out too: they are no reason not to play.
 *
 * Source: RFC 7845 section 5.2; Ogg Vorbis I format specification, comment field and header specification.
 */
export function readOpusTags(packet: Uint8Array): ReadonlyMap<string, string> {
  return isOpusTags(packet) ? readComments(packet.subarray(MAGIC_BYTES)) : new Map();
}

function readComments(bytes: Uint8Array): ReadonlyMap<string, string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tags = new Map<string, string>();
  const length = (at: number): number => (at + 4 <= bytes.length ? view.getUint32(at, true) : Number.POSITIVE_INFINITY);
  let at = 4 + length(0);
  let left = Math.min(length(at), MAX_COMMENTS);
  at += 4;
  for (; left > 0; left--) {
    const size = length(at);
    const end = at + 4 + size;
    if (!(end <= bytes.length)) break;
    if (size <= MAX_COMMENT_BYTES) addComment(tags, new TextDecoder().decode(bytes.subarray(at + 4, end)));
    at = end;
  }
  return tags;
}

function addComment(tags: Map<string, string>, comment: string): void {
  const equals = comment.indexOf('=');
  if (equals <= 0) return;
  const name = comment.slice(0, equals).toUpperCase();
  const before = tags.get(name);
  const value = comment.slice(equals + 1);
  tags.set(name, before === undefined ? value : `${before}; ${value}`);
}
