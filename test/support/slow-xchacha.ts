/**
 * XChaCha20-Poly1305 from its definition: HChaCha20 in plain TypeScript makes the subkey, node:crypto (OpenSSL) does the rest.
 * A second reference, which shares no code with libsodium or @noble/ciphers. Source: draft-irtf-cfrg-xchacha-03 sections 2.2, 2.3.
 */
import { createCipheriv } from 'node:crypto';

const QUARTERS = [
  [0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15],
  [0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14],
] as const; // prettier-ignore

/** The 32-byte subkey of a 32-byte key and the first 16 bytes of a nonce (section 2.2). */
export function slowHChaCha20(key: Uint8Array, nonce: Uint8Array): Uint8Array {
  const block = Buffer.concat([Buffer.from('expand 32-byte k', 'latin1'), key, nonce]);
  const x = Array.from({ length: 16 }, (_, i) => block.readUInt32LE(4 * i));
  for (let round = 0; round < 10; round++) for (const quarter of QUARTERS) quarterRound(x, quarter);
  const subkey = Buffer.alloc(32);
  for (let i = 0; i < 4; i++) {
    subkey.writeUInt32LE(x[i]!, 4 * i);
    subkey.writeUInt32LE(x[12 + i]!, 16 + 4 * i);
  }
  return subkey;
}

/** Ciphertext ‖ tag (16) under a 24-byte nonce (section 2.3). */
export function slowXChaCha20Poly1305(
  key: Uint8Array,
  nonce: Uint8Array,
  associated: Uint8Array,
  payload: Uint8Array,
): Uint8Array {
  const iv = Buffer.concat([Buffer.alloc(4), nonce.subarray(16)]);
  const subkey = slowHChaCha20(key, nonce.subarray(0, 16));
  const cipher = createCipheriv('chacha20-poly1305', subkey, iv, { authTagLength: 16 });
  cipher.setAAD(associated, { plaintextLength: payload.length });
  return Buffer.concat([cipher.update(payload), cipher.final(), cipher.getAuthTag()]);
}

function quarterRound(x: number[], [a, b, c, d]: readonly [number, number, number, number]): void {
  const step = (into: number, from: number, turned: number, bits: number): void => {
    x[into] = (x[into]! + x[from]!) >>> 0;
    const mixed = x[turned]! ^ x[into]!;
    x[turned] = ((mixed << bits) | (mixed >>> (32 - bits))) >>> 0;
  };
  step(a, b, d, 16);
  step(c, d, b, 12);
  step(a, b, d, 8);
  step(c, d, b, 7);
}
