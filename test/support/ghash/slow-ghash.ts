/** The slow reference for `ghash-code.ts`: NIST SP 800-38D, algorithms 1 and 2, bit by bit. */
const BLOCK = 16;
/** R: 11100001 ‖ 0^120. */
const MODULUS = 0xe1n << 120n;

/** GHASH of whole blocks. */
export function slowGhash(key: Uint8Array, data: Uint8Array): Uint8Array {
  let y = 0n;
  for (let at = 0; at < data.length; at += BLOCK) y = product(y ^ toNumber(data.subarray(at, at + BLOCK)), toNumber(key));
  return Buffer.from(y.toString(16).padStart(2 * BLOCK, '0'), 'hex');
}

function product(x: bigint, y: bigint): bigint {
  let z = 0n;
  let v = y;
  for (let bit = 127n; bit >= 0n; bit -= 1n) {
    if (((x >> bit) & 1n) === 1n) z ^= v;
    v = (v & 1n) === 1n ? (v >> 1n) ^ MODULUS : v >> 1n;
  }
  return z;
}

function toNumber(block: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(block).toString('hex')}`);
}
