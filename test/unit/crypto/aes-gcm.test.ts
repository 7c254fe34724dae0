import { describe, expect, it } from 'vitest';
import { gcm } from '@noble/ciphers/aes.js';
import { AesGcmSeal } from '../../../src/crypto/aes-gcm.js';
import { MAX_HEADER, MAX_TEXT } from '../../../src/crypto/gcm/packet-gcm.js';
import { NonceCounter } from '../../../src/crypto/nonce-counter.js';
import { slowSeal } from '../../support/slow-seal.js';
import { hex, readVectors, toHex } from '../../vectors/read-vectors.js';

interface GcmVector {
  readonly name: string;
  readonly key: string;
  readonly nonce: string;
  readonly associated: string;
  readonly plaintext: string;
  readonly ciphertext: string;
  readonly tag: string;
}

interface Capture {
  readonly key: string;
  readonly clear: number;
  readonly counter: number;
  readonly packet: string;
  readonly plaintext: string;
}

const published = readVectors<GcmVector>('aes-256-gcm');

describe('the published AES-256-GCM vectors', () => {
  it.each(published)('$name holds for the twin', ({ key, nonce, associated, plaintext, ciphertext, tag }) => {
    expect(toHex(gcm(hex(key), hex(nonce), hex(associated)).encrypt(hex(plaintext)))).toBe(ciphertext + tag);
  });

  // Their nonce is twelve zero bytes: that of a seal whose counter is 0.
  const ours = published.filter(({ nonce }) => nonce === '00'.repeat(12));

  it('has two that the seal itself can make', () => expect(ours).toHaveLength(2));

  it.each(ours)('$name holds for the seal', ({ key, plaintext, ciphertext, tag }) => {
    const packet = new AesGcmSeal(hex(key), new NonceCounter(0)).seal(new Uint8Array(0), hex(plaintext));
    expect(toHex(packet)).toBe(`${ciphertext}${tag}00000000`);
    expect(toHex(new AesGcmSeal(hex(key), new NonceCounter(7)).open(packet, 0)!)).toBe(plaintext);
  });
});

describe('a packet longer than any of a call', () => {
  it.each([
    [12, MAX_TEXT + 1],
    [MAX_HEADER + 4, 100],
    [12, 60_000],
  ])('is sealed as its twin does, and opened: %i bytes in the clear, %i sealed', (clear, text) => {
    const input = {
      key: new Uint8Array(32).fill(5),
      header: new Uint8Array(clear).fill(6),
      payload: new Uint8Array(text).fill(7),
      counter: 8,
      suffix: new Uint8Array(0),
    };
    const seal = new AesGcmSeal(input.key, new NonceCounter(8));
    const packet = seal.seal(input.header, input.payload);
    expect(Buffer.compare(packet, slowSeal('aead_aes256_gcm_rtpsize', input))).toBe(0);
    expect(Buffer.compare(seal.open(packet, clear)!, input.payload)).toBe(0);
    packet[clear]! ^= 1;
    expect(seal.open(packet, clear)).toBeUndefined();
  });
});

describe('a packet of the official client', () => {
  it.each(readVectors<Capture>('rtcp-capture'))('$name: opens, and is sealed to the same bytes', (capture) => {
    const packet = hex(capture.packet);
    expect(toHex(new AesGcmSeal(hex(capture.key), new NonceCounter(0)).open(packet, capture.clear)!)).toBe(capture.plaintext);

    const again = new AesGcmSeal(hex(capture.key), new NonceCounter(capture.counter));
    expect(toHex(again.seal(packet.subarray(0, capture.clear), hex(capture.plaintext)))).toBe(capture.packet);
  });

  it.each(readVectors<Capture>('rtcp-capture'))('$name: does not open with an RTP header as its clear part', (capture) => {
    const seal = new AesGcmSeal(hex(capture.key), new NonceCounter(0));
    expect(seal.open(hex(capture.packet), 12)).toBeUndefined();
    expect(seal.open(hex(capture.packet), 4)).toBeUndefined();
  });
});
