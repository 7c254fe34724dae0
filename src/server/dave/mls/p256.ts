/** Public keys of P-256 in the form that MLS uses, and the signatures made with them. */
import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { signContent } from './constants.js';

/** `04 ‖ x ‖ y`. MLS has no other form for a point of P-256. RFC 9420 section 5.1.1. */
export const POINT_BYTES = 65;
const UNCOMPRESSED = 4;
const COORDINATE_BYTES = 32;

/** The key of an uncompressed point; undefined for a compressed one, and for one that is not on the curve. */
export function publicKeyOf(point: Uint8Array): KeyObject | undefined {
  if (point.length !== POINT_BYTES || point[0] !== UNCOMPRESSED) return undefined;
  const x = Buffer.from(point.subarray(1, 1 + COORDINATE_BYTES)).toString('base64url');
  const y = Buffer.from(point.subarray(1 + COORDINATE_BYTES)).toString('base64url');
  try {
    return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
  } catch {
    return undefined; // Not on the curve.
  }
}

/** VerifyWithLabel. RFC 9420 section 5.1.2; ECDSA with SHA-256, signature in DER. */
export function verifyWithLabel(key: KeyObject, label: string, content: Uint8Array, signature: Uint8Array): boolean {
  return verify('sha256', signContent(label, content), key, signature);
}
