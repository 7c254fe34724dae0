/** The index of an MP4 file (moov): its audio tracks and its length. */
import type { OpusHead } from '../opus/head.js';
import { boxAt, boxes } from './boxes.js';
import { readIlst } from './tags.js';

/** Size of a sample entry, up to the boxes of the codec. */
const AUDIO_ENTRY_BYTES = 28;
const DOPS_BYTES = 11;
const GAIN_STEPS = 256;

/** An audio track. */
export interface Mp4Track {
  readonly id: number;
  /** Ticks per second of its durations. */
  readonly timescale: number;
  /** The four characters of its sample entry: `Opus`, `mp4a`. */
  readonly codec: string;
  readonly channels: number;
  readonly sampleRate: number;
  /** The header of an Opus track. */
  readonly head: OpusHead | undefined;
  /** The sample table. */
  readonly table: DataView;
}

/** The content of the index. */
export interface Mp4Info {
  /** In ms; undefined if it is not known, as in fragmented files. */
  readonly duration: number | undefined;
  readonly tracks: readonly Mp4Track[];
  /** Whether the samples are described in fragments. */
  readonly fragmented: boolean;
  /** Default sample sizes for fragments, by track. */
  readonly defaults: ReadonlyMap<number, number>;
  readonly tags: ReadonlyMap<string, string>;
}

/** Reads the body of a moov box. Source: ISO/IEC 14496-12 section 8. */
export function readMovie(moov: DataView): Mp4Info {
  const tracks: Mp4Track[] = [];
  for (const { type, body } of boxes(moov)) {
    const track = type === 'trak' ? readTrack(body) : undefined;
    if (track !== undefined) tracks.push(track);
  }
  const mvex = boxAt(moov, 'mvex');
  const defaults = new Map<number, number>();
  for (const { type, body } of mvex === undefined ? [] : boxes(mvex)) {
    if (type === 'trex' && body.byteLength >= 20) defaults.set(body.getUint32(4), body.getUint32(16));
  }
  const ilst = boxAt(moov, 'udta', 'meta');
  return {
    duration: readDuration(boxAt(moov, 'mvhd')),
    tracks,
    fragmented: mvex !== undefined,
    defaults,
    tags: ilst === undefined ? new Map() : readIlst(ilst),
  };
}

/** Reads mvhd or mdhd: version 1 has times of 64 bits. */
function readTimescale(header: DataView): number {
  const at = header.getUint8(0) === 1 ? 20 : 12;
  return at + 4 <= header.byteLength ? header.getUint32(at) : 0;
}

function readDuration(header: DataView | undefined): number | undefined {
  if (header === undefined || header.byteLength < 32) return undefined;
  const ticks = header.getUint8(0) === 1 ? Number(header.getBigUint64(24)) : header.getUint32(16);
  const timescale = readTimescale(header);
  return ticks > 0 && timescale > 0 ? (ticks * 1000) / timescale : undefined;
}

function readTrack(trak: DataView): Mp4Track | undefined {
  const tkhd = boxAt(trak, 'tkhd');
  const mdhd = boxAt(trak, 'mdia', 'mdhd');
  const handler = boxAt(trak, 'mdia', 'hdlr');
  const table = boxAt(trak, 'mdia', 'minf', 'stbl');
  if (tkhd === undefined || mdhd === undefined || handler === undefined || table === undefined) return undefined;
  if (tkhd.byteLength < 24 || mdhd.byteLength < 24 || handler.byteLength < 12 || handler.getUint32(8) !== 0x736f_756e) return undefined;
  const entry = readEntry(boxAt(table, 'stsd'));
  const id = tkhd.getUint32(tkhd.getUint8(0) === 1 ? 20 : 12);
  return entry === undefined ? undefined : { id, timescale: readTimescale(mdhd), table, ...entry };
}

/** The first sample entry of an stsd box. */
function readEntry(stsd: DataView | undefined): Pick<Mp4Track, 'codec' | 'channels' | 'sampleRate' | 'head'> | undefined {
  if (stsd === undefined) return undefined;
  const [entry] = boxes(stsd, 8);
  if (entry === undefined || entry.body.byteLength < AUDIO_ENTRY_BYTES) return undefined;
  const { type, body } = entry;
  const rest = new DataView(body.buffer, body.byteOffset + AUDIO_ENTRY_BYTES, body.byteLength - AUDIO_ENTRY_BYTES);
  const dops = type === 'Opus' ? boxAt(rest, 'dOps') : undefined;
  return { codec: type, channels: body.getUint16(16), sampleRate: body.getUint16(24), head: dops && readDops(dops) };
}

/** An OpusHead in big-endian byte order. Source: Encapsulation of Opus in ISO Base Media File Format, 4.3.2. */
function readDops(dops: DataView): OpusHead | undefined {
  if (dops.byteLength < DOPS_BYTES) return undefined;
  return {
    channels: dops.getUint8(1),
    preSkip: dops.getUint16(2),
    outputGain: dops.getInt16(8) / GAIN_STEPS,
    family: dops.getUint8(10),
  };
}
