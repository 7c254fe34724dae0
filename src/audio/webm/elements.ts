/** Walks through the elements of a Matroska stream, one after the other, whatever contains them. */
import type { ByteCursor } from '../bytes/byte-cursor.js';
import { Id, readHeader, type ElementHeader } from './ebml.js';

/** Elements that are entered instead of skipped: their content is walked through like the rest. */
const CONTAINERS: ReadonlySet<number> = new Set([Id.Segment, Id.Cluster, Id.BlockGroup]);
/** All elements that may occur in a segment or in a container within it. Anything else is damage. */
const KNOWN: ReadonlySet<number> = new Set([
  ...[Id.Ebml, Id.Void, Id.Crc32, Id.Segment, Id.SeekHead, Id.Info, Id.Tracks, Id.Cues, Id.Chapters, Id.Attachments, Id.Tags],
  ...[Id.Cluster, Id.Timestamp, Id.SilentTracks, Id.Position, Id.PrevSize, Id.SimpleBlock, Id.EncryptedBlock, Id.BlockGroup],
  ...[Id.Block, Id.BlockVirtual, Id.BlockAdditions, Id.BlockDuration, Id.ReferencePriority, Id.ReferenceBlock],
  ...[Id.ReferenceVirtual, Id.CodecState, Id.DiscardPadding, Id.Slices, Id.ReferenceFrame],
]);

/** An element whose header was read; the cursor is at its body. */
export interface WalkedElement extends ElementHeader {
  /** Where its header begins, from the start of the source. */
  readonly offset: number;
}

/** Why there is no next element. */
export type WalkEnd = 'end' | 'cut-off' | 'damage';

/**
 * The walk is flat: after the header of a segment or cluster, it continues with the content. So their sizes need not be known. If they
 * are known, the ends are checked, because an element that does not fit into its cluster is damage.
 */
export class ElementWalker {
  readonly #cursor: ByteCursor;
  #segmentEnd = 0;
  #clusterEnd = Number.POSITIVE_INFINITY;

  constructor(cursor: ByteCursor) {
    this.#cursor = cursor;
  }

  /** Forgets the current cluster: after damage, its end is unknown. */
  forgetCluster(): void {
    this.#clusterEnd = Number.POSITIVE_INFINITY;
  }

  /**
   * The next element, or why there is none. After damage the cursor is at the place of the damage. MAX_HEADER_BYTES must be
   * buffered, or everything that is left.
   */
  next(): WalkedElement | WalkEnd {
    const cursor = this.#cursor;
    const { offset } = cursor;
    if (cursor.held === 0) return this.#whole(offset) ? 'end' : 'cut-off';
    const header = readHeader(cursor.bytes);
    if (header === 'short') return 'cut-off';
    if (header === undefined || !KNOWN.has(header.id)) return 'damage';
    const start = offset + header.headerBytes;
    const end = start + header.size;
    if (offset >= this.#clusterEnd) this.#clusterEnd = Number.POSITIVE_INFINITY;
    if (header.id === Id.Segment) this.#segmentEnd = end;
    else if (header.id === Id.Cluster) this.#clusterEnd = end;
    else if (end > this.#clusterEnd || (header.size === Number.POSITIVE_INFINITY && !CONTAINERS.has(header.id))) return 'damage';
    cursor.take(header.headerBytes);
    return { ...header, offset };
  }

  /** Whether the element is entered by continuing, instead of being read or skipped. */
  isContainer({ id }: ElementHeader): boolean {
    return CONTAINERS.has(id);
  }

  /** Whether the stream may end here: its end is unknown, or has been reached. */
  #whole(offset: number): boolean {
    const known = (end: number): boolean => end !== Number.POSITIVE_INFINITY;
    return !(known(this.#segmentEnd) && offset < this.#segmentEnd) && !(known(this.#clusterEnd) && offset < this.#clusterEnd);
  }
}
