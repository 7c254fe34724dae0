/** Writes MP4 files, well-formed or not, for the tests of the reader. */
import { ascii, concat } from './ogg-writer.js';

export function box(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = concat(parts);
  return concat([u32(8 + body.length), ascii(type), body]);
}

export function u32(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  values.forEach((value, i) => new DataView(bytes.buffer).setUint32(4 * i, value));
  return bytes;
}

export interface Mp4Options {
  readonly codec?: string;
  readonly channels?: number;
  readonly family?: number;
  /** Whether the index comes before or after the audio. Default before. */
  readonly index?: 'front' | 'back';
  readonly samplesPerChunk?: number;
  /** Packets per fragment. Default: no fragments. */
  readonly fragments?: number;
  /** Audible samples of the last packet. Default all 960. */
  readonly lastDuration?: number;
  readonly title?: string;
}

const FTYP = box('ftyp', ascii('isom'), u32(512));

/** A file of 20 ms packets. */
export function mp4File(packets: readonly Uint8Array[], options: Mp4Options = {}): Uint8Array {
  const { fragments, index = 'front' } = options;
  if (fragments !== undefined) return fragmented(packets, fragments, options);
  const data = box('mdat', ...packets);
  if (index === 'back') return concat([FTYP, data, moov(packets, FTYP.length + 8, options)]);
  const { length } = moov(packets, 0, options);
  return concat([FTYP, moov(packets, FTYP.length + length + 8, options), data]);
}

function moov(packets: readonly Uint8Array[], dataAt: number, options: Mp4Options): Uint8Array {
  const { samplesPerChunk = 10, lastDuration = 960 } = options;
  const offsets: number[] = [];
  let at = dataAt;
  packets.forEach((packet, i) => {
    if (i % samplesPerChunk === 0) offsets.push(at);
    at += packet.length;
  });
  const last = packets.length % samplesPerChunk;
  const chunks = last === 0 ? [[1, samplesPerChunk, 1]] : [[1, samplesPerChunk, 1], [offsets.length, last, 1]]; // prettier-ignore
  const durations = packets.length === 0 ? [] : [[packets.length - 1, 960], [1, lastDuration]]; // prettier-ignore
  return movie(
    options,
    (packets.length - 1) * 960 + lastDuration,
    box('stts', u32(0, durations.length, ...durations.flat())),
    box('stsc', u32(0, chunks.length, ...chunks.flat())),
    box('stsz', u32(0, 0, packets.length, ...packets.map(({ length }) => length))),
    box('stco', u32(0, offsets.length, ...offsets)),
  );
}

/** A moov box with these tables. */
export function movie({ codec = 'Opus', channels = 2, family = 0, title }: Mp4Options, samples: number, ...tables: Uint8Array[]): Uint8Array {
  const dops = box('dOps', Uint8Array.of(0, channels, 0x01, 0x38, 0, 0, 0xbb, 0x80, 0, 0, family));
  const entry = box(codec, new Uint8Array(16), Uint8Array.of(0, channels, 0, 16, 0, 0, 0, 0, 0xbb, 0x80, 0, 0), dops);
  const stbl = box('stbl', box('stsd', u32(0, 1), entry), ...tables);
  const media = box('mdia', box('mdhd', u32(0, 0, 0, 48_000, samples, 0)), box('hdlr', u32(0, 0), ascii('soun'), u32(0, 0, 0)), box('minf', stbl));
  const name = title === undefined ? [] : [box('\xa9nam', box('data', u32(1, 0), ascii(title)))];
  const meta = box('meta', u32(0), box('ilst', ...name));
  return box(
    'moov',
    box('mvhd', u32(0, 0, 0, 1_000, Math.round(samples / 48)), new Uint8Array(80)),
    box('trak', box('tkhd', u32(3, 0, 0, 1, 0), new Uint8Array(64)), media),
    ...(codec === 'Opus' && tables.length === 0 ? [box('mvex', box('trex', u32(0, 1, 1, 0, 0, 0)))] : []),
    box('udta', meta),
  );
}

function fragmented(packets: readonly Uint8Array[], each: number, options: Mp4Options): Uint8Array {
  const parts = [FTYP, movie(options, 0)];
  for (let first = 0; first < packets.length; first += each) {
    const own = packets.slice(first, first + each);
    const moof = (offset: number): Uint8Array =>
      box(
        'moof',
        box('mfhd', u32(0, 1)),
        box(
          'traf',
          box('tfhd', u32(0x02_0008, 1, 960)),
          box('trun', u32(0x201, own.length, offset, ...own.map(({ length }) => length))),
        ),
      );
    parts.push(moof(moof(0).length + 8), box('mdat', ...own));
  }
  return concat(parts);
}
