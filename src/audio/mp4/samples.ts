/** The positions of a track's packets in the file, from its sample table or its fragments. */
import { boxAt, boxes } from './boxes.js';

/** The position of a packet. */
export interface Mp4Sample {
  /** From the start of the file. */
  readonly offset: number;
  readonly size: number;
  /** In ticks of the track; 0 if it is not given. */
  readonly duration: number;
}

/** The number of rows of a full box, from `at` on: only those that are present, whatever the box claims. */
function rows(box: DataView | undefined, at: number, bytes: number): number {
  if (box === undefined || box.byteLength < at) return 0;
  return Math.min(box.getUint32(at - 4), Math.floor((box.byteLength - at) / bytes));
}

/**
 * The samples of a table, in order, one at a time: a table that claims a billion of them costs no memory.
 *
 * stco or co64 has the position of each chunk, stsc the number of samples per chunk, stsz their sizes, stts their durations; the last three
 * are run-length coded. Source: ISO/IEC 14496-12 sections 8.6.1.2, 8.7.3, 8.7.4 and 8.7.5.
 */
export function* tableSamples(table: DataView): Generator<Mp4Sample, void> {
  const stco = boxAt(table, 'stco');
  const co64 = boxAt(table, 'co64');
  const stsc = boxAt(table, 'stsc');
  const stsz = boxAt(table, 'stsz');
  if (stsz === undefined || stsz.byteLength < 12) return;
  const equal = stsz.getUint32(4);
  const sizes = equal === 0 ? rows(stsz, 12, 4) : stsz.getUint32(8);
  const chunks = stco === undefined ? rows(co64, 8, 8) : rows(stco, 8, 4);
  const chunkRuns = rows(stsc, 8, 12);
  const duration = durations(boxAt(table, 'stts'));
  let sample = 0;
  let run = -1;
  let perChunk = 0;
  for (let chunk = 0; chunk < chunks; chunk++) {
    if (run + 1 < chunkRuns && stsc!.getUint32(8 + 12 * (run + 1)) <= chunk + 1) {
      run += 1;
      perChunk = stsc!.getUint32(12 + 12 * run);
    }
    let offset = stco === undefined ? Number(co64!.getBigUint64(8 + 8 * chunk)) : stco.getUint32(8 + 4 * chunk);
    for (let i = 0; i < perChunk && sample < sizes; i++, sample++) {
      const size = equal === 0 ? stsz.getUint32(12 + 4 * sample) : equal;
      yield { offset, size, duration: duration.next().value ?? 0 };
      offset += size;
    }
  }
}

function* durations(stts: DataView | undefined): Generator<number, void> {
  const runs = rows(stts, 8, 8);
  for (let run = 0; run < runs; run++) {
    const count = stts!.getUint32(8 + 8 * run);
    const duration = stts!.getUint32(12 + 8 * run);
    for (let i = 0; i < count; i++) yield duration;
  }
}

/** Flags of tfhd and trun that tell which fields are present. Source: ISO/IEC 14496-12 sections 8.8.7 and 8.8.8. */
const TFHD = { baseOffset: 0x1, description: 0x2, duration: 0x8, size: 0x10 } as const;
const TRUN = { offset: 0x1, firstFlags: 0x4, duration: 0x100, size: 0x200, flags: 0x400, time: 0x800 } as const;

/**
 * The samples of this track in a fragment (moof).
 *
 * @param start offset of the moof box, from the start of the file
 */
export function* fragmentSamples(moof: DataView, start: number, track: number, defaultSize = 0): Generator<Mp4Sample, void> {
  for (const { type, body } of boxes(moof)) {
    const tfhd = type === 'traf' ? boxAt(body, 'tfhd') : undefined;
    if (tfhd === undefined || tfhd.byteLength < 8 || tfhd.getUint32(4) !== track) continue;
    const flags = tfhd.getUint32(0) & 0xff_ffff;
    let at = 8;
    const field = (bit: number, bytes: 4 | 8): number | undefined => {
      if ((flags & bit) === 0 || at + bytes > tfhd.byteLength) return undefined;
      at += bytes;
      return bytes === 8 ? Number(tfhd.getBigUint64(at - 8)) : tfhd.getUint32(at - 4);
    };
    const base = field(TFHD.baseOffset, 8) ?? start;
    field(TFHD.description, 4);
    const duration = field(TFHD.duration, 4) ?? 0;
    const size = field(TFHD.size, 4) ?? defaultSize;
    let offset = base;
    for (const run of boxes(body)) {
      if (run.type !== 'trun' || run.body.byteLength < 8) continue;
      offset = yield* runSamples(run.body, { base, offset, size, duration });
    }
  }
}

/** The samples of a run; returns the offset of its end. */
function* runSamples(trun: DataView, from: Mp4Sample & { readonly base: number }): Generator<Mp4Sample, number> {
  const flags = trun.getUint32(0) & 0xff_ffff;
  let at = 8;
  let { offset } = from;
  if ((flags & TRUN.offset) !== 0 && at + 4 <= trun.byteLength) {
    offset = from.base + trun.getInt32(at);
    at += 4;
  }
  if ((flags & TRUN.firstFlags) !== 0) at += 4;
  const rowBytes = 4 * [TRUN.duration, TRUN.size, TRUN.flags, TRUN.time].filter((bit) => (flags & bit) !== 0).length;
  const sizeAt = (flags & TRUN.duration) === 0 ? 0 : 4;
  let left = trun.getUint32(4);
  for (; left > 0 && at + rowBytes <= trun.byteLength; left--, at += rowBytes) {
    const duration = (flags & TRUN.duration) === 0 ? from.duration : trun.getUint32(at);
    const size = (flags & TRUN.size) === 0 ? from.size : trun.getUint32(at + sizeAt);
    // Without a size they would be endless.
    if (size === 0 && rowBytes === 0) return offset;
    yield { offset, size, duration };
    offset += size;
  }
  return offset;
}
