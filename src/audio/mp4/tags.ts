/** The tags of an MP4 file, as iTunes writes them. */
import { boxAt, boxes } from './boxes.js';

/** The meaning of the four characters. Source: ExifTool, QuickTime ItemList tags (the format has no published specification). */
const NAMES: Readonly<Record<string, string>> = {
  '©nam': 'TITLE',
  '©ART': 'ARTIST',
  '©alb': 'ALBUM',
  aART: 'ALBUMARTIST',
  '©day': 'DATE',
  '©gen': 'GENRE',
  '©cmt': 'COMMENT',
  '©too': 'ENCODER',
};
/** Bytes before the text in a text box: type and locale. */
const DATA_HEADER_BYTES = 8;
const MAX_TAG_BYTES = 4_096;

/** The tags in the body of a meta box, by their names in upper case. */
export function readIlst(meta: DataView): Map<string, string> {
  const tags = new Map<string, string>();
  // It is a full box in MP4, and a plain one in QuickTime.
  const ilst = ilstAt(meta, 4) ?? ilstAt(meta, 0);
  for (const { type, body } of ilst === undefined ? [] : boxes(ilst)) {
    const name = type === '----' ? textOf(boxAt(body, 'name'), 4)?.toUpperCase() : NAMES[type];
    const value = textOf(boxAt(body, 'data'), DATA_HEADER_BYTES);
    if (name !== undefined && value !== undefined) tags.set(name, value);
  }
  return tags;
}

function ilstAt(meta: DataView, from: number): DataView | undefined {
  for (const box of boxes(meta, from)) if (box.type === 'ilst') return box.body;
  return undefined;
}

function textOf(body: DataView | undefined, from: number): string | undefined {
  if (body === undefined || body.byteLength < from || body.byteLength > MAX_TAG_BYTES) return undefined;
  return new TextDecoder().decode(new Uint8Array(body.buffer, body.byteOffset + from, body.byteLength - from));
}
