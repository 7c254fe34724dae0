/** Finds where a damaged Matroska stream becomes valid again. */
import { opusPacketSamples } from '../../protocol/opus-packet.js';
import { readBlock } from './blocks.js';
import { Id, MAX_HEADER_BYTES, readHeader } from './ebml.js';

/** Elements with which a cluster may begin. */
const FIRST_IN_CLUSTER: readonly number[] = [Id.Timestamp, Id.Crc32, Id.Void, Id.Position, Id.PrevSize];
/** Elements that may follow a block. */
const AFTER_BLOCK: readonly number[] = [Id.SimpleBlock, Id.BlockGroup, Id.Cluster, Id.Cues, Id.Tags, Id.Void];
const CLUSTER_START = 0x1f;
/** Maximum size of an audio block: an Opus packet has at most 61 440 bytes. */
const MAX_BLOCK_BYTES = 65_536;
/** Bytes that a decision may need: a block, and the header after it. */
export const RESYNC_BYTES = MAX_BLOCK_BYTES + 2 * MAX_HEADER_BYTES;

/**
 * The next position in these bytes, from `from` on, where a cluster begins, or a block of this track with valid packets that is followed
 * by an expected element. Undefined if there is none. A position too close to the end to be judged does not count, unless the stream has
 * ended there.
 */
export function findElement(bytes: Uint8Array, track: number, from: number, ended: boolean): number | undefined {
  for (let at = from; at < bytes.length; at++) {
    const first = bytes[at];
    if (first === CLUSTER_START && isCluster(bytes, at)) return at;
    if (first === Id.SimpleBlock && isBlock(bytes, at, track, ended)) return at;
  }
  return undefined;
}

function isCluster(bytes: Uint8Array, at: number): boolean {
  const header = readHeader(bytes, at);
  if (typeof header !== 'object' || header.id !== Id.Cluster) return false;
  const child = readHeader(bytes, at + header.headerBytes);
  return typeof child === 'object' && FIRST_IN_CLUSTER.includes(child.id) && child.size <= header.size;
}

function isBlock(bytes: Uint8Array, at: number, track: number, ended: boolean): boolean {
  const header = readHeader(bytes, at);
  if (typeof header !== 'object' || header.size > MAX_BLOCK_BYTES) return false;
  const start = at + header.headerBytes;
  const end = start + header.size;
  if (end > bytes.length) return false;
  const block = readBlock(bytes.subarray(start, end));
  if (block?.track !== track || block.packets.some((packet) => typeof opusPacketSamples(packet) === 'string')) return false;
  const behind = readHeader(bytes, end);
  return behind === 'short' ? ended && end === bytes.length : behind !== undefined && AFTER_BLOCK.includes(behind.id);
}
