import { randomBytes } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import sodium from 'libsodium-wrappers';
import { createSeal, prepareMode, type Seal } from '../../../src/crypto/seal.js';
import { ENCRYPTION_MODES, isRtpSizeMode, type EncryptionMode } from '../../../src/protocol/encryption-modes.js';
import { slowSeal, type SealInput } from '../../support/slow-seal.js';
import { slowXChaCha20Poly1305 } from '../../support/slow-xchacha.js';
import { hex, readVectors, toHex } from '../../vectors/read-vectors.js';

interface SealedPacket {
  readonly name: string;
  readonly mode: EncryptionMode;
  readonly key: string;
  readonly header: string;
  readonly payload: string;
  readonly counter?: number;
  readonly suffix?: string;
  readonly packet: string;
}

const OVERHEAD: Readonly<Record<EncryptionMode, number>> = {
  aead_xchacha20_poly1305_rtpsize: 20,
  aead_aes256_gcm_rtpsize: 20,
  xsalsa20_poly1305_lite: 20,
  xsalsa20_poly1305_suffix: 40,
  xsalsa20_poly1305: 16,
};

/** The clear header: 12 bytes, and in the rtpsize modes up to 15 CSRCs and an extension preamble. */
function header(mode: EncryptionMode): fc.Arbitrary<Uint8Array> {
  const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
  if (!isRtpSizeMode(mode)) return bytes(12);
  return fc.tuple(fc.nat(15), fc.boolean()).chain(([csrcs, extension]) =>
    bytes(12 + 4 * csrcs + (extension ? 4 : 0)).map((clear) => {
      clear[0] = 0x80 | csrcs | (extension ? 0x10 : 0);
      return clear;
    }),
  );
}

const counter = fc.oneof(fc.constantFrom(0, 0x80000000, 0xffffffff, 0x7fffffff), fc.nat(0xffffffff));

function sealInput(mode: EncryptionMode): fc.Arbitrary<SealInput> {
  return fc.record({
    key: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    header: header(mode),
    payload: fc.uint8Array({ maxLength: 1300, size: 'max' }),
    counter,
    suffix: fc.uint8Array({ minLength: 24, maxLength: 24 }),
  });
}

function sealOf(mode: EncryptionMode, { key, counter, suffix }: Pick<SealInput, 'key' | 'counter' | 'suffix'>): Seal {
  return createSeal(mode, key, { counter, random: () => suffix });
}

/** Copies of the bytes, each with one bit of another byte flipped. */
function* flips(packet: Uint8Array): Generator<readonly [number, Uint8Array]> {
  for (let at = 0; at < packet.length; at++) {
    const bad = packet.slice();
    bad[at]! ^= 1 << (at % 8);
    yield [at, bad];
  }
}

const FIXED: SealInput = {
  key: Uint8Array.from({ length: 32 }, (_, i) => 7 * i),
  header: hex('90780001000003c00005ec18 bede0001'),
  payload: hex('51320010 f8fffe0102030405'),
  counter: 0x80000001,
  suffix: new Uint8Array(24).fill(0x44),
};

beforeAll(async () => {
  await prepareMode('aead_xchacha20_poly1305_rtpsize');
  await sodium.ready;
});

describe('the vectors of whole packets', () => {
  const vectors = readVectors<SealedPacket>('sealed-packets');

  it('name every mode', () => {
    expect(new Set(vectors.map(({ mode }) => mode))).toEqual(new Set(ENCRYPTION_MODES));
  });

  it.each(vectors)('$name', ({ mode, key, header, payload, counter = 0, suffix = '', packet }) => {
    const seal = sealOf(mode, { key: hex(key), counter, suffix: hex(suffix) });
    expect(toHex(seal.seal(hex(header), hex(payload)))).toBe(packet);
    expect(toHex(seal.open(hex(packet), hex(header).length)!)).toBe(payload);
  });
});

describe.each(ENCRYPTION_MODES)('%s', (mode) => {
  /** The other modes make the nonce from random bytes or from the header. */
  const counted = OVERHEAD[mode] === 20;
  const fixed = isRtpSizeMode(mode) ? FIXED : { ...FIXED, header: FIXED.header.subarray(0, 12) };

  it('seals as its slow twin does, and opens what either sealed', () => {
    fc.assert(
      fc.property(sealInput(mode), (input) => {
        const seal = sealOf(mode, input);
        const packet = seal.seal(input.header, input.payload);
        expect(Buffer.compare(packet, slowSeal(mode, input))).toBe(0);
        expect(packet.length - input.header.length - input.payload.length).toBe(seal.overhead);
        expect(Buffer.compare(seal.open(packet, input.header.length)!, input.payload)).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it('seals the same in memory that is used again, whatever the length, and counts on', () => {
    const [seal, twin] = [sealOf(mode, fixed), sealOf(mode, fixed)];
    for (const length of [160, 3, 160, 0, 1_500, 2_100, 4_100, 160]) {
      const payload = randomBytes(length);
      const packet = twin.seal(fixed.header, payload);
      expect(Buffer.compare(seal.sealBriefly(fixed.header, payload), packet)).toBe(0);
      const kept = packet.slice();
      twin.sealBriefly(fixed.header, randomBytes(length));
      seal.seal(fixed.header, payload);
      // Who was given a datagram of their own keeps it.
      expect(Buffer.compare(packet, kept)).toBe(0);
    }
    seal.close();
    expect(() => seal.sealBriefly(fixed.header, fixed.payload)).toThrow('closed');
  });

  it('goes on as its twin does with the next packets, over the wrap of the counter in its half', () => {
    const start = 0xfffffffe;
    const seal = sealOf(mode, { ...fixed, counter: start });
    for (let i = 0; i < 5; i++) {
      const twin = slowSeal(mode, { ...fixed, counter: i < 2 ? start + i : 0x80000000 + i - 2 });
      expect(toHex(seal.seal(fixed.header, fixed.payload))).toBe(toHex(twin));
    }
  });

  it('counts in the upper half if nothing else is said, from where four random bytes say', () => {
    const key = randomBytes(32);
    const seal = createSeal(mode, key, { random: (bytes) => (bytes === 4 ? Uint8Array.of(2, 4, 6, 9) : fixed.suffix) });
    const twin = slowSeal(mode, { ...fixed, key, counter: 0x80000000 + 0x01020304 });
    expect(toHex(seal.seal(fixed.header, fixed.payload))).toBe(toHex(twin));
  });

  it('never seals twice under one nonce and key: a key that comes again goes on, whoever counts under it', () => {
    const key = randomBytes(32);
    // The worst case: every seal would start its counter at the same value.
    const again = (): Seal => createSeal(mode, key.slice(), { random: (bytes) => new Uint8Array(bytes) });
    if (!counted) return expect(again().noncesLeft).toBe(Infinity);
    const nonces = new Set<string>();
    const use = (seal: Seal): unknown => nonces.add(toHex(seal.seal(fixed.header, fixed.payload).subarray(-4)));
    const first = again();
    for (let i = 0; i < 500; i += 1) use(first);
    const [second, third] = [again(), again()];
    for (let i = 0; i < 500; i += 1) [first, second, third].forEach(use);
    expect(nonces.size).toBe(2_000);
    expect([first.noncesLeft, third.noncesLeft]).toEqual([2 ** 31 - 2_000, 2 ** 31 - 2_000]);
  });

  it('overwrites its key when it is closed: opens nothing more, and refuses to seal', () => {
    const seal = sealOf(mode, fixed);
    const packet = seal.seal(fixed.header, fixed.payload);
    const zeros = sealOf(mode, { ...fixed, key: new Uint8Array(32) }).seal(fixed.header, fixed.payload);
    // A Buffer, whose slice is not a copy: the caller's key must stay unchanged.
    const mine = Buffer.from(fixed.key);
    sealOf(mode, { ...fixed, key: mine }).close();
    expect(mine.equals(fixed.key)).toBe(true);
    seal.close();
    seal.close();
    for (const one of [packet, zeros]) expect(seal.open(one, fixed.header.length)).toBeUndefined();
    expect(() => seal.seal(fixed.header, fixed.payload)).toThrow('closed');
    // Other seals that share its memory are not affected.
    expect(sealOf(mode, fixed).open(packet, fixed.header.length)).toBeDefined();
  });

  it('says its name and its overhead', () => {
    const seal = sealOf(mode, fixed);
    expect(seal.mode).toBe(mode);
    expect(seal.overhead).toBe(OVERHEAD[mode]);
  });

  it('leaves header, payload and packet as they were', () => {
    const seal = sealOf(mode, fixed);
    const [header, payload] = [fixed.header.slice(), fixed.payload.slice()];
    const packet = seal.seal(header, payload);
    const before = packet.slice();
    seal.open(packet, header.length);
    expect([toHex(header), toHex(payload)]).toEqual([toHex(fixed.header), toHex(fixed.payload)]);
    expect(toHex(packet)).toBe(toHex(before));
  });

  it('gives each packet memory of its own', () => {
    const seal = sealOf(mode, fixed);
    const first = seal.seal(fixed.header, fixed.payload);
    const before = toHex(first);
    for (let i = 0; i < 50; i++) seal.seal(fixed.header, new Uint8Array(200).fill(i));
    expect(toHex(first)).toBe(before);
  });

  it('opens no packet with a flipped byte', () => {
    const packet = sealOf(mode, fixed).seal(fixed.header, fixed.payload);
    const seal = sealOf(mode, fixed);
    // The header is authenticated in the rtpsize modes; it is the nonce in the plain mode; in the other two nothing protects it.
    const unprotected = mode === 'xsalsa20_poly1305_lite' || mode === 'xsalsa20_poly1305_suffix' ? 12 : 0;
    for (const [at, bad] of flips(packet)) {
      const opened = seal.open(bad, fixed.header.length);
      if (at < unprotected) expect(toHex(opened!)).toBe(toHex(fixed.payload));
      else expect(opened, `byte ${at}`).toBeUndefined();
    }
  });

  it('opens no packet of another key', () => {
    const packet = sealOf(mode, { ...fixed, key: new Uint8Array(32) }).seal(fixed.header, fixed.payload);
    expect(sealOf(mode, fixed).open(packet, fixed.header.length)).toBeUndefined();
  });

  it('opens no packet that is cut short, down to nothing', () => {
    const packet = sealOf(mode, fixed).seal(fixed.header, fixed.payload);
    const seal = sealOf(mode, fixed);
    for (let length = 0; length < packet.length; length++) {
      expect(seal.open(packet.subarray(0, length), fixed.header.length), `${length} bytes`).toBeUndefined();
    }
  });

  it('opens an empty payload as such: that is not the same as undefined', () => {
    const seal = sealOf(mode, fixed);
    expect(seal.open(seal.seal(fixed.header, new Uint8Array(0)), fixed.header.length)).toHaveLength(0);
  });

  it('takes 10 000 datagrams of garbage without a throw and without opening one', () => {
    const seal = sealOf(mode, fixed);
    let state = 0x2545f491;
    const next = (): number => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return state >>> 0;
    };
    let opened = 0;
    for (let i = 0; i < 10_000; i++) {
      const datagram = Uint8Array.from({ length: next() % 90 }, next);
      if (seal.open(datagram, 12 + 4 * (next() % 3)) !== undefined) opened++;
    }
    expect(opened).toBe(0);
    expect(seal.open(seal.seal(fixed.header, fixed.payload), fixed.header.length)).toBeDefined();
  });

  it('takes a key of 32 bytes only', () => {
    for (const length of [0, 16, 31, 33, 64]) {
      const wrong = (): Seal => createSeal(mode, new Uint8Array(length), { random: () => fixed.suffix });
      expect(wrong, `${length} bytes`).toThrow('32 bytes');
    }
  });

  it('has nothing to wait for by now', () => expect(prepareMode(mode)).toBeUndefined());
});

describe('further twins', () => {
  it('XChaCha20 equals HChaCha20 in plain TypeScript under the ChaCha20 of OpenSSL', () => {
    const mode = 'aead_xchacha20_poly1305_rtpsize';
    fc.assert(
      fc.property(sealInput(mode), (input) => {
        const nonce = new Uint8Array(24);
        new DataView(nonce.buffer).setUint32(0, input.counter, true);
        const sealed = slowXChaCha20Poly1305(input.key, nonce, input.header, input.payload);
        const packet = Buffer.concat([input.header, sealed, nonce.subarray(0, 4)]);
        expect(Buffer.compare(sealOf(mode, input).seal(input.header, input.payload), packet)).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it('XSalsa20 equals the secretbox of libsodium-wrappers', () => {
    const mode = 'xsalsa20_poly1305_suffix';
    fc.assert(
      fc.property(sealInput(mode), (input) => {
        const box = sodium.crypto_secretbox_easy(input.payload, input.suffix, input.key);
        const packet = Buffer.concat([input.header, box, input.suffix]);
        expect(Buffer.compare(sealOf(mode, input).seal(input.header, input.payload), packet)).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it('a header changed after sealing is noticed by the rtpsize modes, at whatever length', () => {
    for (const mode of ENCRYPTION_MODES.filter(isRtpSizeMode)) {
      const seal = sealOf(mode, FIXED);
      const packet = seal.seal(FIXED.header, FIXED.payload);
      expect(seal.open(packet, 12), mode).toBeUndefined();
      expect(seal.open(packet, FIXED.header.length), mode).toBeDefined();
    }
  });
});
