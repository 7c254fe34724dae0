/**
 * Key packages, opcode 26. An invalid one in a proposal would keep every member from committing for a whole epoch, so everything that members check
 * is checked here.
 */
import type { Read } from '../../../protocol/payloads.js';
import type { Snowflake } from '../../../types.js';
import { CIPHERSUITE, LeafSource, MLS_VERSION, refHash, WireFormat } from './constants.js';
import { readLeafNode, type LeafNode } from './leaf-node.js';
import { publicKeyOf, verifyWithLabel } from './p256.js';
import { decode, TlsReader, uint64 } from './tls-codec.js';

/** A valid key package. It is public: nothing in it is secret. */
export interface KeyPackage {
  /** The bare KeyPackage, in its own memory. */
  readonly bytes: Uint8Array;
  /** Its KeyPackageRef, in hexadecimal. RFC 9420 section 5.2. */
  readonly ref: string;
  /** Hexadecimal. No two members of a group may have the same. */
  readonly signatureKey: string;
  /** Hexadecimal. No two members of a group may have the same. */
  readonly encryptionKey: string;
}

interface KeyPackageFields {
  readonly initKey: Uint8Array;
  readonly leaf: LeafNode;
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
}

/** DAVE version 1 requires an unlimited lifetime. */
const NOT_AFTER = 0xffff_ffff_ffff_ffffn;
const MLS_MESSAGE_HEADER = 4;

/**
 * Reads a KeyPackage of `userId`: bare as all implementations send it, or in an MLSMessage as the whitepaper has it. Returns a text if it is invalid.
 */
export function readKeyPackage(body: Uint8Array, userId: Snowflake): Read<KeyPackage> {
  // Not slice(), which does not copy when the body is a Buffer.
  const bytes = Uint8Array.from(body.subarray(isMlsMessage(body) ? MLS_MESSAGE_HEADER : 0));
  const fields = decode(bytes, readFields);
  if (typeof fields === 'string') return fields;
  return (
    faultOf(fields, userId) ?? {
      bytes,
      ref: refHash('KeyPackage Reference', bytes),
      signatureKey: toHex(fields.leaf.signatureKey),
      encryptionKey: toHex(fields.leaf.encryptionKey),
    }
  );
}

/** `u16 version ‖ u16 ciphersuite ‖ init_key<V> ‖ LeafNode ‖ extensions<V> ‖ signature<V>` */
function readFields(reader: TlsReader): KeyPackageFields {
  reader.expect(reader.u16(), MLS_VERSION, 'the protocol version');
  reader.expect(reader.u16(), CIPHERSUITE, 'the ciphersuite');
  const initKey = reader.vector();
  const leaf = readLeafNode(reader);
  reader.vector();
  const signed = reader.since(0);
  return { initKey, leaf, signed, signature: reader.vector() };
}

function faultOf({ initKey, leaf, signed, signature }: KeyPackageFields, userId: Snowflake): string | undefined {
  if (!same(leaf.identity, uint64(BigInt(userId)))) return 'the identity is not the id of the user';
  if (leaf.source !== LeafSource.KeyPackage) return 'the leaf is not one of a key package';
  if (leaf.notBefore !== 0n || leaf.notAfter !== NOT_AFTER) return 'the lifetime is not unlimited';
  if (same(initKey, leaf.encryptionKey)) return 'the init key is the encryption key';
  const signatureKey = publicKeyOf(leaf.signatureKey);
  if (signatureKey === undefined) return 'the signature key is not an uncompressed point of P-256';
  if (publicKeyOf(initKey) === undefined) return 'the init key is not an uncompressed point of P-256';
  if (publicKeyOf(leaf.encryptionKey) === undefined) return 'the encryption key is not an uncompressed point of P-256';
  if (!verifyWithLabel(signatureKey, 'LeafNodeTBS', leaf.signed, leaf.signature)) return 'the signature of the leaf is wrong';
  if (!verifyWithLabel(signatureKey, 'KeyPackageTBS', signed, signature)) return 'the signature is wrong';
  return undefined;
}

/** In a bare one the next field is the ciphersuite, 2; in an MLSMessage it is the wire format, 5. */
function isMlsMessage(body: Uint8Array): boolean {
  return body.length >= MLS_MESSAGE_HEADER && body[2] === 0 && body[3] === WireFormat.KeyPackage;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
