/** Recognises files other than Ogg by their first bytes, so that an error can name the cure. */

/** How many bytes {@link foreignFormat} needs, if there are that many. */
export const SNIFF_BYTES = 12;

const TO_OGG = 'Convert it first: ffmpeg -i INPUT -c:a libopus -b:a 96k -ar 48000 -ac 2 OUTPUT.ogg';
const REMUX = 'If its audio is Opus, repack it without loss: ffmpeg -i INPUT -vn -c:a copy OUTPUT.ogg; else -c:a libopus';
const NOT_MEDIA = 'This is what a web server sends when it refuses or redirects: check the address and the status of the response';

/** Magic bytes at an offset, the format that they indicate, and the cure. Spaces in `magic` are literal. */
const MAGICS: readonly { readonly at: number; readonly magic: string; readonly name: string; readonly cure: string }[] = [
  { at: 0, magic: 'ID3', name: 'an MP3 file (it starts with an ID3 tag)', cure: TO_OGG },
  { at: 0, magic: 'RIFF', name: 'a WAV file (RIFF)', cure: TO_OGG },
  { at: 0, magic: '\x1aE\xdf\xa3', name: 'a WebM or Matroska file (EBML)', cure: REMUX },
  { at: 0, magic: 'fLaC', name: 'a FLAC file', cure: TO_OGG },
  { at: 4, magic: 'ftyp', name: 'an MP4 or M4A file (ftyp)', cure: REMUX },
  { at: 0, magic: 'ADIF', name: 'an AAC file (ADIF)', cure: TO_OGG },
  { at: 0, magic: 'FORM', name: 'an AIFF file', cure: TO_OGG },
  { at: 0, magic: 'DCA1', name: 'a DCA file', cure: TO_OGG },
  { at: 0, magic: 'OpusHead', name: 'Opus data without its Ogg container', cure: 'Keep the container: pass the file unchanged' },
  { at: 0, magic: '#EXTM3U', name: 'a playlist (M3U)', cure: 'Fetch the media that it lists' },
  { at: 0, magic: '\x1f\x8b', name: 'gzip data', cure: 'Decompress it first' },
  { at: 0, magic: '<', name: 'a web page or XML', cure: NOT_MEDIA },
  { at: 0, magic: '{', name: 'JSON text', cure: NOT_MEDIA },
];

export interface ForeignFormat {
  readonly name: string;
  readonly cure: string;
  /** Whether it is media that ffmpeg can read. */
  readonly decodable: boolean;
}

/** The format that these first bytes of a file indicate; undefined if it is unknown. */
export function foreignFormat(start: Uint8Array): ForeignFormat | undefined {
  const found = MAGICS.find(({ at, magic }) => hasMagic(start, magic, at));
  if (found === undefined) return mpegAudio(start);
  return { name: found.name, cure: found.cure, decodable: found.cure === TO_OGG || found.cure === REMUX };
}

/** Whether `bytes` has `magic` (one character per byte) at `at`. */
export function hasMagic(bytes: Uint8Array, magic: string, at = 0): boolean {
  if (bytes.length < at + magic.length) return false;
  for (let i = 0; i < magic.length; i++) if (bytes[at + i] !== magic.charCodeAt(i)) return false;
  return true;
}

/** 12 sync bits, then the MPEG version and the layer, which is 0 in ADTS only. Source: ISO 11172-3 2.4.1.3, ISO 13818-7 6.2.1. */
function mpegAudio(start: Uint8Array): ForeignFormat | undefined {
  if (start.length < 2 || start[0] !== 0xff) return undefined;
  const second = start[1]!;
  if ((second & 0xf6) === 0xf0) return { name: 'an AAC stream (ADTS)', cure: TO_OGG, decodable: true };
  if ((second & 0xe0) === 0xe0 && (second & 0x06) !== 0) return { name: 'an MP3 file (MPEG audio frames)', cure: TO_OGG, decodable: true };
  return undefined;
}
