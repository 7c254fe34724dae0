/** Commits, as far as a delivery service can read them: the committer, the epoch, and the proposals. RFC 9420 sections 6 and 12.4. */
import { ContentType, MLS_VERSION, SenderType, WireFormat } from './constants.js';
import { readLeafNode } from './leaf-node.js';
import { items, TlsError, type TlsReader } from './tls-codec.js';

/** The unencrypted part of a commit. Only members can verify its signature and tags. */
export interface Commit {
  /** The whole MLSMessage. */
  readonly message: Uint8Array;
  readonly groupId: Uint8Array;
  readonly epoch: bigint;
  /** The leaf of the committer. */
  readonly leafIndex: number;
  /** The ProposalRef of each proposal, in hexadecimal, in order. */
  readonly refs: readonly string[];
}

/** ProposalOrRefType. The other value, 1, is a proposal within the commit, which DAVE forbids. */
const BY_REFERENCE = 2;
const HASH_BYTES = 32;

/**
 * ```
 * u16 version ‖ u16 wire_format ‖ group_id<V> ‖ epoch u64 ‖ 01 leaf u32 ‖ aad<V> ‖ 03
 *   ‖ (02 ‖ ref<V>)…<V> ‖ path u8 {1: LeafNode ‖ nodes<V>} ‖ signature<V> ‖ confirmation_tag<V> ‖ membership_tag<V>
 * ```
 * It must be read to its end, because only its end shows where the Welcome begins.
 * @throws TlsError
 */
export function readCommit(reader: TlsReader): Commit {
  const start = reader.offset;
  reader.expect(reader.u16(), MLS_VERSION, 'the protocol version');
  reader.expect(reader.u16(), WireFormat.PublicMessage, 'the wire format');
  const groupId = reader.vector();
  const epoch = reader.u64();
  reader.expect(reader.u8(), SenderType.Member, 'the sender type');
  const leafIndex = reader.u32();
  reader.vector();
  reader.expect(reader.u8(), ContentType.Commit, 'the content type');
  const refs = items(reader.vector(), readReference);
  const path = reader.u8();
  if (path > 1) throw new TlsError(`the presence of a path is ${path}`);
  if (path === 1) {
    readLeafNode(reader);
    reader.vector();
  }
  for (let tag = 0; tag < 3; tag += 1) reader.vector();
  return { message: reader.since(start), groupId, epoch, leafIndex, refs };
}

function readReference(reader: TlsReader): string {
  reader.expect(reader.u8(), BY_REFERENCE, 'the type of a proposal');
  const ref = reader.vector();
  if (ref.length !== HASH_BYTES) throw new TlsError(`a reference has ${ref.length} bytes`);
  return Buffer.from(ref).toString('hex');
}
