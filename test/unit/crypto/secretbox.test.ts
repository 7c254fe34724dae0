import { describe, expect, it } from 'vitest';
import { NonceCounter } from '../../../src/crypto/nonce-counter.js';
import { SecretboxSeal } from '../../../src/crypto/secretbox.js';
import { hex, readVectors, toHex } from '../../vectors/read-vectors.js';

interface SecretboxVector {
  readonly name: string;
  readonly key: string;
  readonly nonce: string;
  readonly plaintext: string;
  readonly box: string;
}

const HEADER = '8078000100000002000000ff';
const KEY = new Uint8Array(32).fill(5);
const noRandom = (): Uint8Array => {
  throw new Error('this mode needs no random bytes');
};

describe('the published secretbox vectors, as packets whose nonce is a suffix', () => {
  it.each(readVectors<SecretboxVector>('secretbox'))('$name', ({ key, nonce, plaintext, box }) => {
    const seal = new SecretboxSeal('xsalsa20_poly1305_suffix', hex(key), new NonceCounter(0), () => hex(nonce));
    const packet = seal.seal(hex(HEADER), hex(plaintext));
    expect(toHex(packet)).toBe(HEADER + box + nonce);
    expect(toHex(seal.open(packet, 12)!)).toBe(plaintext);
  });
});

describe('SecretboxSeal', () => {
  it('takes 24 new random bytes for every packet with a suffix', () => {
    const asked: number[] = [];
    const seal = new SecretboxSeal('xsalsa20_poly1305_suffix', KEY, new NonceCounter(0), (bytes) => {
      asked.push(bytes);
      return new Uint8Array(bytes).fill(asked.length);
    });
    expect(toHex(seal.seal(hex(HEADER), hex('f8fffe'))).slice(-48)).toBe('01'.repeat(24));
    expect(toHex(seal.seal(hex(HEADER), hex('f8fffe'))).slice(-48)).toBe('02'.repeat(24));
    expect(asked).toEqual([24, 24]);
  });

  it('counts up in the lite mode, and stays in its half', () => {
    const seal = new SecretboxSeal('xsalsa20_poly1305_lite', KEY, new NonceCounter(0xffffffff), noRandom);
    expect(toHex(seal.seal(hex(HEADER), hex('f8fffe'))).slice(-8)).toBe('ffffffff');
    expect(toHex(seal.seal(hex(HEADER), hex('f8fffe'))).slice(-8)).toBe('00000080');
  });

  it('opens a packet of the plain mode after one with another header', () => {
    const seal = new SecretboxSeal('xsalsa20_poly1305', KEY, new NonceCounter(0), noRandom);
    const first = seal.seal(hex(HEADER), hex('f8fffe'));
    const second = seal.seal(hex('8078000200000042000000ff'), hex('fcfffe'));
    expect(toHex(seal.open(second, 12)!)).toBe('fcfffe');
    expect(toHex(seal.open(first, 12)!)).toBe('f8fffe');
  });

  it('opens nothing with a clear part of less than 12 bytes: these modes have no other', () => {
    const seal = new SecretboxSeal('xsalsa20_poly1305_lite', KEY, new NonceCounter(0), noRandom);
    const packet = seal.seal(hex(HEADER), hex('f8fffe'));
    expect(seal.open(packet, 8)).toBeUndefined();
    expect(seal.open(packet, 12)).toBeDefined();
  });
});
