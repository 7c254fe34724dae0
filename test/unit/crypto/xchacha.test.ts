import { beforeAll, describe, expect, it } from 'vitest';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import sodium from 'libsodium-wrappers';
import { NonceCounter } from '../../../src/crypto/nonce-counter.js';
import { createSeal, prepareMode } from '../../../src/crypto/seal.js';
import { loadSodium, sodiumReady, XChaChaSeal } from '../../../src/crypto/xchacha.js';
import { ENCRYPTION_MODES } from '../../../src/protocol/encryption-modes.js';
import { slowHChaCha20, slowXChaCha20Poly1305 } from '../../support/slow-xchacha.js';
import { hex, readVectors, toHex } from '../../vectors/read-vectors.js';

interface HChaChaVector {
  readonly name: string;
  readonly key: string;
  readonly nonce: string;
  readonly subkey: string;
}

interface XChaChaVector {
  readonly name: string;
  readonly key: string;
  readonly nonce: string;
  readonly associated: string;
  readonly plaintext: string;
  readonly ciphertext: string;
  readonly tag: string;
}

const MODE = 'aead_xchacha20_poly1305_rtpsize';
const KEY = new Uint8Array(32).fill(9);
const HEADER = hex('8078000100000002000000ff');
const random = (bytes: number): Uint8Array => new Uint8Array(bytes);

describe('loading libsodium', () => {
  // In this file's own module instance nothing has loaded it yet; the tests of this block run in order.
  it('is not done before anybody asks, and a seal then says what to wait for', () => {
    expect(sodiumReady()).toBe(false);
    expect(() => createSeal(MODE, KEY, { random })).toThrow('wait for prepareMode() first');
  });

  it('is nothing that the other modes wait for', () => {
    for (const mode of ENCRYPTION_MODES.filter((other) => other !== MODE)) {
      expect(prepareMode(mode), mode).toBeUndefined();
      expect(createSeal(mode, KEY, { random }).mode).toBe(mode);
    }
    expect(sodiumReady()).toBe(false);
  });

  it('is one promise for all who wait, after which there is nothing to wait for', async () => {
    const waiting = prepareMode(MODE);
    expect(waiting).toBeInstanceOf(Promise);
    expect(prepareMode(MODE)).toBe(waiting);
    await waiting;
    expect(sodiumReady()).toBe(true);
    expect(prepareMode(MODE)).toBeUndefined();
    expect(createSeal(MODE, KEY, { random }).mode).toBe(MODE);
  });
});

describe('the published vectors', () => {
  it.each(readVectors<HChaChaVector>('hchacha20'))('$name holds for the HChaCha20 twin', ({ key, nonce, subkey }) => {
    expect(toHex(slowHChaCha20(hex(key), hex(nonce)))).toBe(subkey);
  });

  it.each(readVectors<XChaChaVector>('xchacha20-poly1305'))('$name holds for all twins', async (vector) => {
    await sodium.ready;
    const [key, nonce, associated, plaintext] = [vector.key, vector.nonce, vector.associated, vector.plaintext].map(hex);
    const sealed = vector.ciphertext + vector.tag;
    expect(toHex(slowXChaCha20Poly1305(key!, nonce!, associated!, plaintext!))).toBe(sealed);
    expect(toHex(xchacha20poly1305(key!, nonce!, associated!).encrypt(plaintext!))).toBe(sealed);
    expect(
      toHex(sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext!, associated!, null, nonce!, key!)),
    ).toBe(sealed);
  });
});

describe('XChaChaSeal', () => {
  beforeAll(() => loadSodium());

  it('seals the largest datagram, and refuses what is longer', () => {
    const seal = new XChaChaSeal(KEY, new NonceCounter(0));
    const largest = new Uint8Array(65_536 - seal.overhead - HEADER.length).fill(0xa5);
    const packet = seal.seal(HEADER, largest);
    expect(packet).toHaveLength(65_536);
    expect(Buffer.compare(seal.open(packet, HEADER.length)!, largest)).toBe(0);
    expect(() => seal.seal(HEADER, new Uint8Array(largest.length + 1))).toThrow(RangeError);
  });

  it('opens nothing that is longer than a datagram', () => {
    expect(new XChaChaSeal(KEY, new NonceCounter(0)).open(new Uint8Array(65_537), 12)).toBeUndefined();
  });

  it('keeps two seals apart, though they share the scratch memory', () => {
    const [one, two] = [new XChaChaSeal(KEY, new NonceCounter(0)), new XChaChaSeal(new Uint8Array(32).fill(8), new NonceCounter(0))];
    const [first, second] = [one.seal(HEADER, hex('f8fffe')), two.seal(HEADER, hex('fcfffe'))];
    expect(toHex(one.open(first, 12)!)).toBe('f8fffe');
    expect(toHex(two.open(second, 12)!)).toBe('fcfffe');
    expect(one.open(second, 12)).toBeUndefined();
    expect(two.open(first, 12)).toBeUndefined();
  });

  it('copies its key: what the caller does to his does not matter', () => {
    const key = KEY.slice();
    const seal = new XChaChaSeal(key, new NonceCounter(3));
    key.fill(0);
    expect(seal.seal(HEADER, hex('f8fffe'))).toEqual(new XChaChaSeal(KEY, new NonceCounter(3)).seal(HEADER, hex('f8fffe')));
  });
});
