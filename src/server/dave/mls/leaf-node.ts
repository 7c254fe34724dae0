/** The leaf of a member in the ratchet tree. */
import { CredentialType, LeafSource } from './constants.js';
import { TlsError, type TlsReader } from './tls-codec.js';

/** A LeafNode, as views into the bytes it was read from. RFC 9420 section 7.2. */
export interface LeafNode {
  readonly encryptionKey: Uint8Array;
  readonly signatureKey: Uint8Array;
  /** Of a basic credential: the user id, 8 bytes, big-endian. */
  readonly identity: Uint8Array;
  readonly source: number;
  /** Seconds since 1970, inclusive; both 0 unless `source` is a KeyPackage. */
  readonly notBefore: bigint;
  readonly notAfter: bigint;
  /** All but the signature. The signature is made over these bytes if `source` is a KeyPackage. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

/** Versions, ciphersuites, extensions, proposals, credentials. */
const CAPABILITIES = 5;

/**
 * ```
 * encryption_key<V> ‖ signature_key<V> ‖ credential (u16 1 ‖ identity<V>) ‖ 5 vectors of capabilities
 *   ‖ source u8 {1: not_before u64 ‖ not_after u64 | 2: | 3: parent_hash<V>} ‖ extensions<V> ‖ signature<V>
 * ```
 * @throws TlsError
 */
export function readLeafNode(reader: TlsReader): LeafNode {
  const start = reader.offset;
  const encryptionKey = reader.vector();
  const signatureKey = reader.vector();
  reader.expect(reader.u16(), CredentialType.Basic, 'the credential type');
  const identity = reader.vector();
  for (let i = 0; i < CAPABILITIES; i += 1) reader.vector();
  const source = reader.u8();
  let [notBefore, notAfter] = [0n, 0n];
  switch (source) {
    case LeafSource.KeyPackage:
      notBefore = reader.u64();
      notAfter = reader.u64();
      break;
    case LeafSource.Update:
      break;
    case LeafSource.Commit:
      reader.vector();
      break;
    default:
      throw new TlsError(`the source of a leaf is ${source}`);
  }
  reader.vector();
  const signed = reader.since(start);
  const signature = reader.vector();
  return { encryptionKey, signatureKey, identity, source, notBefore, notAfter, signed, signature };
}
