/** µs per packet of every seal, compared with the plain ways to do the same: `node test/bench/crypto.mjs` after a build. */
import { createCipheriv, randomBytes } from 'node:crypto';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import sodium from 'libsodium-wrappers';
import { load } from './library.mjs';

const PAYLOAD_BYTES = 160;
const PACKETS = 20_000;
const ROUNDS = 7;

const { createSeal, prepareMode } = await load('crypto/seal.js');
const { ENCRYPTION_MODES } = await load('protocol/encryption-modes.js');
await sodium.ready;

const key = new Uint8Array(randomBytes(32));
const header = new Uint8Array(12);
const payload = new Uint8Array(randomBytes(PAYLOAD_BYTES));

/** Increments a nonce's first four bytes, as every way must. */
function step(nonce) {
  for (let i = 0; i < 4 && ++nonce[i] === 256; i++);
}

const nonce12 = Buffer.alloc(12);
const nonce24 = new Uint8Array(24);
const ways = [
  [
    'node:crypto AES-256-GCM, raw key, concat',
    () => {
      step(nonce12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce12);
      cipher.setAAD(header);
      return Buffer.concat([header, cipher.update(payload), cipher.final(), cipher.getAuthTag(), nonce12.subarray(0, 4)]);
    },
  ],
  [
    '@noble/ciphers XChaCha20-Poly1305',
    () => {
      step(nonce24);
      return Buffer.concat([header, xchacha20poly1305(key, nonce24, header).encrypt(payload), nonce24.subarray(0, 4)]);
    },
  ],
  [
    'libsodium-wrappers XChaCha20-Poly1305',
    () => {
      step(nonce24);
      const sealed = sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(payload, header, null, nonce24, key);
      return Buffer.concat([header, sealed, nonce24.subarray(0, 4)]);
    },
  ],
];
for (const mode of ENCRYPTION_MODES) {
  await prepareMode(mode);
  const seal = createSeal(mode, key, { random: (bytes) => randomBytes(bytes) });
  ways.push([`rxvoice ${mode}`, () => seal.seal(header, payload)]);
}

/** µs per packet, the best of the rounds, because disturbances only add time. The ways take turns. */
const best = ways.map(() => Infinity);
for (let round = 0; round < ROUNDS; round++) {
  for (const [i, [, seal]] of ways.entries()) {
    const start = performance.now();
    for (let packet = 0; packet < PACKETS; packet++) seal();
    best[i] = Math.min(best[i], ((performance.now() - start) * 1_000) / PACKETS);
  }
}

console.log(`Node ${process.version}, ${PAYLOAD_BYTES}-byte payload, µs per packet (ratio to the first)`);
for (const [i, [name]] of ways.entries())
  console.log(`${name.padEnd(44)} ${best[i].toFixed(2).padStart(6)}  (${(best[i] / best[0]).toFixed(2)}x)`);
