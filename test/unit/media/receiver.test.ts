import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { createSeal, type Seal } from '../../../src/crypto/seal.js';
import type { FrameCipher } from '../../../src/media/frame-cipher.js';
import { Receiver, type ReceiveCounts } from '../../../src/media/receiver.js';
import { isRtpSizeMode, type EncryptionMode } from '../../../src/protocol/encryption-modes.js';

const MODES = [
  'aead_aes256_gcm_rtpsize',
  'xsalsa20_poly1305_lite',
  'xsalsa20_poly1305_suffix',
  'xsalsa20_poly1305',
] as const satisfies readonly EncryptionMode[];
const RTPSIZE = MODES[0];
const KEY: Uint8Array = new Uint8Array(32).fill(9);
const SSRC = 0x00c0ffee;
const OPUS = Uint8Array.of(0xfc, 0xde, 0xad);
const NONE: ReceiveCounts = { received: 0, other: 0, undecryptable: 0, empty: 0, unclaimed: 0, undecryptableE2ee: 0 };

function sealOf(mode: EncryptionMode, key = KEY): Seal {
  return createSeal(mode, key, { random: (bytes) => new Uint8Array(bytes).fill(3) });
}

interface PacketParts {
  readonly payload?: Uint8Array;
  readonly payloadType?: number;
  readonly ssrc?: number;
  readonly csrcs?: number;
  /** Words of header extension; undefined for no extension at all. */
  readonly words?: number;
  readonly marker?: boolean;
  /** Bytes of padding, and what the last of them says. */
  readonly padding?: { readonly bytes: number; readonly count: number };
  readonly key?: Uint8Array;
}

/** A packet as a server would seal it: in the legacy modes all behind the first 12 bytes is ciphertext. */
function packet(mode: EncryptionMode, parts: PacketParts = {}): Uint8Array {
  const { payload = OPUS, payloadType = 0x78, ssrc = SSRC, csrcs = 0, words, marker = false, padding, key } = parts;
  const fixed = Buffer.alloc(12);
  fixed[0] = 0x80 | (padding === undefined ? 0 : 0x20) | (words === undefined ? 0 : 0x10) | csrcs;
  fixed[1] = payloadType | (marker ? 0x80 : 0);
  fixed.writeUInt16BE(65_535, 2);
  fixed.writeUInt32BE(0xfffffff0, 4);
  fixed.writeUInt32BE(ssrc, 8);
  const list = Buffer.alloc(csrcs * 4, 0xcc);
  const preamble = words === undefined ? Buffer.alloc(0) : Buffer.from([0xbe, 0xde, words >> 8, words]);
  const elements = Buffer.alloc((words ?? 0) * 4, 0x51);
  const pad = Buffer.alloc(padding?.bytes ?? 0);
  if (pad.length > 0) pad[pad.length - 1] = padding!.count;
  const seal = sealOf(mode, key);
  return isRtpSizeMode(mode)
    ? seal.seal(Buffer.concat([fixed, list, preamble]), Buffer.concat([elements, payload, pad]))
    : seal.seal(fixed, Buffer.concat([list, preamble, elements, payload, pad]));
}

function receiver(mode: EncryptionMode, cipher: FrameCipher | null = null): Receiver {
  return new Receiver(sealOf(mode), (ssrc) => (ssrc === SSRC ? '77' : null), () => cipher, ignore);
}

function ignore(): void {}

describe.each(MODES)('Receiver, %s', (mode) => {
  it.each<[string, PacketParts]>([
    ['a plain packet', {}],
    ['one with the marker bit', { marker: true }],
    ['one with contributing sources', { csrcs: 3 }],
    ['one with an extension', { words: 2 }],
    ['one with an empty extension', { words: 0 }],
    ['one with both', { csrcs: 15, words: 5 }],
    ['one with a padding byte', { padding: { bytes: 1, count: 1 } }],
    ['one with everything', { csrcs: 1, words: 1, padding: { bytes: 255, count: 255 }, marker: true }],
  ])('reads %s', (_, parts) => {
    const target = receiver(mode);
    const got = target.receive(packet(mode, parts), 12.5);
    expect(got && { ...got, frame: [...got.frame] }).toEqual({
      userId: '77',
      ssrc: SSRC,
      sequence: 65_535,
      timestamp: 0xfffffff0,
      arrival: 12.5,
      frame: [...OPUS],
    });
    expect(target.counts).toEqual({ ...NONE, received: 1 });
  });

  it.each<[string, PacketParts]>([
    ['whose padding count is 0', { padding: { bytes: 1, count: 0 } }],
    ['whose padding count is longer than the packet', { padding: { bytes: 1, count: 255 } }],
    ['whose padding reaches into the extension', { words: 1, padding: { bytes: 1, count: 5 } }],
    ['of padding only', { payload: new Uint8Array(0), padding: { bytes: 8, count: 8 } }],
    ['of nothing', { payload: new Uint8Array(0) }],
    ['of an extension only', { payload: new Uint8Array(0), words: 3 }],
  ])('counts one %s as empty', (_, parts) => {
    const target = receiver(mode);
    expect(target.receive(packet(mode, parts), 0)).toBeUndefined();
    expect(target.counts).toEqual({ ...NONE, empty: 1 });
  });

  it('counts one under another key as undecryptable', () => {
    const target = receiver(mode);
    expect(target.receive(packet(mode, { key: new Uint8Array(32).fill(1) }), 0)).toBeUndefined();
    expect(target.counts).toEqual({ ...NONE, undecryptable: 1 });
  });

  it('counts one that is cut short as undecryptable, at every length behind the header', () => {
    const whole = packet(mode);
    const target = receiver(mode);
    for (let length = 12; length < whole.length; length++) expect(target.receive(whole.subarray(0, length), 0)).toBeUndefined();
    expect(target.counts).toEqual({ ...NONE, undecryptable: whole.length - 12 });
  });

  it('gives memory of its own to each packet', () => {
    const target = receiver(mode);
    const first = target.receive(packet(mode), 0)!;
    target.receive(packet(mode, { payload: Uint8Array.of(0xfc, 0, 0) }), 0);
    expect([...first.frame]).toEqual([...OPUS]);
  });
});

describe('what is no audio', () => {
  it.each<[string, Uint8Array]>([
    ['RTCP', packet(RTPSIZE, { payloadType: 0x48, marker: true })],
    ['another payload type', packet(RTPSIZE, { payloadType: 0x65 })],
    ['a keepalive', new Uint8Array(8)],
    ['nothing at all', new Uint8Array(0)],
    ['a discovery reply', Uint8Array.of(0, 2, 0, 70, ...new Array<number>(70).fill(0))],
    ['a header that is cut off', packet(RTPSIZE).subarray(0, 11)],
  ])('%s is counted as other', (_, datagram) => {
    const target = receiver(RTPSIZE);
    expect(target.receive(datagram, 0)).toBeUndefined();
    expect(target.counts).toEqual({ ...NONE, other: 1 });
  });
});

describe('whose packet it is', () => {
  it('is told where it is known, and null where it is not', () => {
    const target = receiver(RTPSIZE);
    expect(target.receive(packet(RTPSIZE), 0)?.userId).toBe('77');
    expect(target.receive(packet(RTPSIZE, { ssrc: 5 }), 0)).toBeUndefined();
    // Nobody claimed it in time: what waited is given, and so is what follows, at once.
    expect(target.unclaimed(5)).toMatchObject([{ userId: null, ssrc: 5, arrival: 0 }]);
    expect(target.receive(packet(RTPSIZE, { ssrc: 5 }), 20)).toMatchObject({ userId: null, ssrc: 5 });
  });
});

describe('end-to-end encryption', () => {
  const seen: unknown[] = [];
  const cipher: FrameCipher = {
    encrypt: (frame) => frame,
    decrypt: (userId, frame) => {
      seen.push([userId, [...frame]]);
      return frame[0] === 0xfc ? frame.slice(1) : undefined;
    },
  };

  it('is undone with the cipher in force, for the user whose packet it is', () => {
    seen.length = 0;
    const target = receiver(RTPSIZE, cipher);
    expect([...target.receive(packet(RTPSIZE, { words: 1 }), 0)!.frame]).toEqual([0xde, 0xad]);
    expect(seen).toEqual([['77', [...OPUS]]]);
  });

  it('waits, up to a second, for the news of whose it is', () => {
    const owners = new Map<number, string>();
    const unknown: number[] = [];
    const target = new Receiver(sealOf(RTPSIZE), (ssrc) => owners.get(ssrc) ?? null, () => cipher, (ssrc) => unknown.push(ssrc)); // prettier-ignore
    for (const arrival of [0, 500, 600]) expect(target.receive(packet(RTPSIZE, { ssrc: 5 }), arrival)).toBeUndefined();
    expect(target.counts).toEqual(NONE);
    owners.set(5, '88');
    expect(target.claimed(5, 1_100).map(({ userId, arrival }) => [userId, arrival])).toEqual([['88', 500], ['88', 600]]); // prettier-ignore
    expect(target.claimed(5, 1_100)).toEqual([]);
    expect(unknown).toEqual([5]);
    expect(target.counts).toEqual({ ...NONE, received: 2, unclaimed: 1 });
  });

  it('is counted where it cannot be undone: by the cipher, or because the cipher throws', () => {
    const target = receiver(RTPSIZE, cipher);
    expect(target.receive(packet(RTPSIZE, { payload: Uint8Array.of(1) }), 0)).toBeUndefined();
    expect(target.counts).toEqual({ ...NONE, undecryptableE2ee: 1 });
    const throwing = receiver(RTPSIZE, {
      ...cipher,
      decrypt: () => {
        throw new Error('bad packet');
      },
    });
    expect(throwing.receive(packet(RTPSIZE), 0)).toBeUndefined();
    expect(throwing.counts).toEqual({ ...NONE, undecryptableE2ee: 1 });
  });
});

describe('fuzz', () => {
  it('takes 10 000 datagrams, random and damaged, without a throw; the counts add up', () => {
    const good = MODES.map((mode) => packet(mode, { words: 1, csrcs: 1, padding: { bytes: 4, count: 4 } }));
    const random = fc.uint8Array({ maxLength: 200, size: 'max' });
    const flips = fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 });
    const unknown: [Receiver, number][] = [];
    const targets = MODES.map((mode): Receiver => {
      const target = new Receiver(sealOf(mode), (ssrc) => (ssrc === SSRC ? '77' : null), () => null, (ssrc) => unknown.push([target, ssrc])); // prettier-ignore
      return target;
    });
    let sent = 0;
    let received = 0;
    fc.assert(
      fc.property(fc.nat(MODES.length - 1), random, flips, fc.boolean(), (which, bytes, changes, damaged) => {
        const datagram = damaged ? Uint8Array.from(good[which]!) : bytes;
        if (damaged) for (const [at, xor] of changes) datagram[at % datagram.length]! ^= xor;
        sent += 1;
        const got = targets[which]!.receive(datagram, 0);
        if (got === undefined) return;
        received += 1;
        // Only what the mode does not authenticate may have changed: the payload itself is as it was sealed.
        expect(damaged).toBe(true);
        expect(MODES[which]).not.toBe(RTPSIZE);
      }),
      { numRuns: 10_000 },
    );
    // Those whose damaged SSRC is nobody's have waited for an owner.
    for (const [target, ssrc] of unknown) received += target.unclaimed(ssrc).length;
    const sum = (pick: (counts: ReceiveCounts) => number): number => targets.reduce((n, { counts }) => n + pick(counts), 0);
    expect(sum((counts) => Object.values(counts).reduce((a: number, b: number) => a + b, 0))).toBe(sent);
    expect(sum(({ received: n }) => n)).toBe(received);
    for (const pick of [(c: ReceiveCounts) => c.other, (c: ReceiveCounts) => c.undecryptable]) expect(sum(pick)).toBeGreaterThan(500);
  });
});
