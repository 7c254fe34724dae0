import { execFileSync } from 'node:child_process';
import { createSecretKey, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createGcm, MAX_HEADER, MAX_TEXT } from '../../../../src/crypto/gcm/packet-gcm.js';
import { openByNode, sealByNode } from '../../../../src/crypto/gcm/node-gcm.js';

const OVERHEAD = 20;
const key = createSecretKey(randomBytes(32));
const gcm = createGcm(key)!;

/** A buffer with header and counter already in place, as both implementations receive it. */
function unsealed(clear: number, text: number): Buffer {
  return randomBytes(clear + text + OVERHEAD);
}

/** Lengths of header and text at which the two seal differently, or one cannot open what the other sealed. */
function differences(lengths: Iterable<readonly [number, number]>): string[] {
  const found: string[] = [];
  for (const [clear, text] of lengths) {
    const payload = randomBytes(text);
    const ours = unsealed(clear, text);
    const nodes = Buffer.from(ours);
    gcm.seal(ours, clear, payload);
    sealByNode(key, nodes, clear, payload);
    const tagAt = clear + text;
    const opened = [gcm.open(nodes, clear, tagAt), openByNode(key, ours, clear, tagAt)];
    if (!ours.equals(nodes) || opened.some((plain) => plain === undefined || Buffer.compare(plain, payload) !== 0))
      found.push(`${clear} ${text}`);
  }
  return found;
}

describe('AES-256-GCM of packets', () => {
  it('is node:crypto’s, for every length of header and of text', () => {
    const headers = Array.from({ length: 100 }, (_, clear) => [clear, 100] as const);
    const texts = Array.from({ length: 700 }, (_, text) => [12 + 4 * (text % 2), text] as const);
    expect(differences([...headers, ...texts])).toEqual([]);
  });

  it('is so up to the longest that it takes', () => {
    expect(differences([[MAX_HEADER, MAX_TEXT], [0, MAX_TEXT], [MAX_HEADER, 0], [1, MAX_TEXT - 1], [0, 0]])).toEqual([]); // prettier-ignore
  });

  it('leaves nothing of a long packet in a short one that follows', () => {
    expect(differences([[16, 1_200], [12, 3], [12, 0], [76, 1_000], [0, 1]])).toEqual([]); // prettier-ignore
  });

  it('is one key’s, whichever was used before', () => {
    const other = createSecretKey(randomBytes(32));
    const packet = unsealed(12, 50);
    gcm.seal(packet, 12, randomBytes(50));
    const others = Buffer.from(packet);
    createGcm(other)!.seal(others, 12, randomBytes(50));
    expect(gcm.open(others, 12, 62)).toBeUndefined();
    expect(gcm.open(packet, 12, 62)).toBeInstanceOf(Uint8Array);
  });

  it('tells every bit that is changed, and gives none of what it decrypted', () => {
    const packet = unsealed(16, 40);
    gcm.seal(packet, 16, Buffer.alloc(40, 7));
    const opened: number[] = [];
    for (let bit = 0; bit < packet.length * 8; bit += 1) {
      const forged = Buffer.from(packet);
      forged[bit >> 3]! ^= 1 << (bit & 7);
      if (gcm.open(forged, 16, 56) !== undefined) opened.push(bit);
    }
    expect(opened).toEqual([]);
  });

  it('gives each text in memory of its own, without the mask of its tag before it', () => {
    const [first, second] = [unsealed(12, 24), unsealed(12, 24)];
    gcm.seal(first, 12, Buffer.alloc(24, 1));
    gcm.seal(second, 12, Buffer.alloc(24, 2));
    const text = gcm.open(first, 12, 36)!;
    gcm.open(second, 12, 36);
    expect(Buffer.compare(text, Buffer.alloc(24, 1))).toBe(0);
    expect(new Uint8Array(text.buffer, 0, text.byteOffset)).toEqual(new Uint8Array(16));
  });

  it('forgets its key', () => {
    const forgetful = createGcm(key)!;
    const packet = unsealed(12, 24);
    forgetful.seal(packet, 12, Buffer.alloc(24, 9));
    expect(forgetful.open(packet, 12, 36)).toBeInstanceOf(Uint8Array);
    forgetful.forget();
    expect(forgetful.open(packet, 12, 36)).toBeUndefined();
  });
});

it('there is none where the cipher is refused', () => {
  expect(createGcm(createSecretKey(randomBytes(16)))).toBeNull();
});

describe('without WebAssembly', () => {
  it('packets are sealed and opened by node:crypto', () => {
    const script = `
      import { AesGcmSeal } from ${JSON.stringify(new URL('../../../../dist/crypto/aes-gcm.js', import.meta.url).href)};
      import { NonceCounter } from ${JSON.stringify(new URL('../../../../dist/crypto/nonce-counter.js', import.meta.url).href)};
      const seal = new AesGcmSeal(new Uint8Array(32).fill(3), new NonceCounter(0));
      const packet = seal.seal(new Uint8Array(12), Buffer.from('heard'));
      console.log(typeof WebAssembly, Buffer.from(packet).toString('hex'), Buffer.from(seal.open(packet, 12)).toString());`;
    const run = (...flags: readonly string[]): string[] =>
      execFileSync(process.execPath, [...flags, '--input-type=module', '--eval', script], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      })
        .trim()
        .split(' ');
    const [, packet] = run();
    expect(run('--jitless')).toEqual(['undefined', packet, 'heard']);
  });
});
