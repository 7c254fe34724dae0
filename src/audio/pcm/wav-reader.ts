/** Reads the header of a WAV file. */
import type { ByteCursor } from '../bytes/byte-cursor.js';
import { hasMagic } from '../bytes/media-sniff.js';
import type { SampleFormat } from './samples.js';

const CHUNK_HEADER_BYTES = 8;
const RIFF_HEADER_BYTES = 12;
/** fmt and LIST chunks are not longer; other chunks are skipped. */
const MAX_CHUNK_BYTES = 65_536;
/** The lengths written by programs that do not know the length yet, or cannot seek back. */
const UNKNOWN: readonly number[] = [0, 0xffff_ffff];

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

/** INFO chunks that are read as tags. Source: Microsoft, Multimedia Programming Interface 1.0, "INFO List Chunk". */
const TAGS: Readonly<Record<string, string>> = { INAM: 'TITLE', IART: 'ARTIST', IPRD: 'ALBUM', ICRD: 'DATE', IGNR: 'GENRE', ICMT: 'COMMENT' };

/** The content of the header. */
export interface WavHeader {
  readonly sampleRate: number;
  readonly channels: number;
  /** Undefined for an encoding other than plain PCM, such as ADPCM. */
  readonly format: SampleFormat | undefined;
  /** Bytes of the samples; Infinity if the file does not tell, like a stream. */
  readonly dataBytes: number;
  readonly tags: ReadonlyMap<string, string>;
}

/**
 * Reads up to the first sample, or returns what is missing: `'no-format'` if samples come before a fmt chunk, or `'cut-off'`.
 *
 * ```
 * RIFF size WAVE | fmt  size: coding, channels, rate, bytes/s, block, bits … | … | data size: samples
 * ```
 * Source: Microsoft, Multimedia Programming Interface and Data Specifications 1.0, "WAVE"; mmreg.h (WAVEFORMATEXTENSIBLE).
 */
export async function readWavHeader(cursor: ByteCursor): Promise<WavHeader | 'no-format' | 'cut-off'> {
  let format: Omit<WavHeader, 'dataBytes' | 'tags'> | undefined;
  const tags = new Map<string, string>();
  if (!(await cursor.skip(RIFF_HEADER_BYTES))) return 'cut-off';
  for (;;) {
    if (!(await cursor.fill(CHUNK_HEADER_BYTES))) return 'cut-off';
    const id = String.fromCharCode(...cursor.bytes.subarray(0, 4));
    const size = viewOf(cursor.bytes).getUint32(4, true);
    cursor.take(CHUNK_HEADER_BYTES);
    if (id === 'data') {
      return format === undefined ? 'no-format' : { ...format, dataBytes: UNKNOWN.includes(size) ? Number.POSITIVE_INFINITY : size, tags };
    }
    // Chunks start at even offsets.
    const padded = size + (size % 2);
    if ((id === 'fmt ' || id === 'LIST') && size <= MAX_CHUNK_BYTES) {
      if (!(await cursor.fill(padded))) return 'cut-off';
      const body = cursor.bytes.subarray(0, size);
      if (id === 'LIST') readInfo(body, tags);
      else format = readFormat(body);
      cursor.take(padded);
    } else if (!(await cursor.skip(padded))) return 'cut-off';
  }
}

function readFormat(body: Uint8Array): Omit<WavHeader, 'dataBytes' | 'tags'> | undefined {
  if (body.length < 16) return undefined;
  const view = viewOf(body);
  const bits = view.getUint16(14, true);
  // The first two bytes of the extension's GUID are the actual encoding.
  const coding = view.getUint16(0, true) === EXTENSIBLE && body.length >= 26 ? view.getUint16(24, true) : view.getUint16(0, true);
  return { sampleRate: view.getUint32(4, true), channels: view.getUint16(2, true), format: formatOf(coding, bits) };
}

function formatOf(coding: number, bits: number): SampleFormat | undefined {
  if (coding === PCM) return ({ 8: 'u8', 16: 's16', 24: 's24', 32: 's32' } as const)[bits];
  return coding === FLOAT ? ({ 32: 'f32', 64: 'f64' } as const)[bits] : undefined;
}

function readInfo(body: Uint8Array, tags: Map<string, string>): void {
  if (!hasMagic(body, 'INFO')) return;
  for (let at = 4; at + CHUNK_HEADER_BYTES <= body.length; ) {
    const size = viewOf(body).getUint32(at + 4, true);
    const name = TAGS[String.fromCharCode(...body.subarray(at, at + 4))];
    const value = new TextDecoder().decode(body.subarray(at + CHUNK_HEADER_BYTES, at + CHUNK_HEADER_BYTES + size));
    if (name !== undefined) tags.set(name, value.replace(/\0.*$/s, ''));
    at += CHUNK_HEADER_BYTES + size + (size % 2);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
