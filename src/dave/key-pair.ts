/** Checks signing keys before they reach native code, which ends the whole process if a private key has the wrong length. */
import { createECDH } from 'node:crypto';
import { VoiceOptionsError } from '../errors.js';
import type { DaveKeyPair } from '../driver/dave/provider.js';

const PRIVATE_KEY_BYTES = 32;
const PUBLIC_KEY_BYTES = 65;
/** The first byte of an uncompressed point. SEC 1 section 2.3.3. */
const UNCOMPRESSED = 0x04;

/** @throws VoiceOptionsError, without the key in its text, if this is not a key pair of the curve P-256 */
export function checkKeyPair({ privateKey, publicKey }: DaveKeyPair): DaveKeyPair {
  if (!(privateKey instanceof Uint8Array) || privateKey.length !== PRIVATE_KEY_BYTES)
    throw new VoiceOptionsError('keyPair.privateKey', `must be ${PRIVATE_KEY_BYTES} bytes`);
  if (!(publicKey instanceof Uint8Array) || publicKey.length !== PUBLIC_KEY_BYTES || publicKey[0] !== UNCOMPRESSED)
    throw new VoiceOptionsError('keyPair.publicKey', `must be ${PUBLIC_KEY_BYTES} bytes, the first of them 04: an uncompressed point`);
  const point = pointOf(privateKey);
  if (point === undefined) throw new VoiceOptionsError('keyPair.privateKey', 'is no private key of the curve P-256');
  if (!point.equals(publicKey)) throw new VoiceOptionsError('keyPair.publicKey', 'does not belong to keyPair.privateKey');
  // Copies: `slice` of a Buffer would be the same memory.
  return { privateKey: Uint8Array.from(privateKey), publicKey: Uint8Array.from(publicKey) };
}

function pointOf(privateKey: Uint8Array): Buffer | undefined {
  const curve = createECDH('prime256v1');
  try {
    curve.setPrivateKey(privateKey);
    return curve.getPublicKey();
  } catch {
    return undefined;
  }
}
