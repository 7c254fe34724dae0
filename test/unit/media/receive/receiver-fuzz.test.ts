/** A hundred thousand datagrams, valid, damaged and invented: everything heard was sent, and each datagram is counted exactly once. */
import { describe, expect, it } from 'vitest';
import { prepareMode } from '../../../../src/crypto/seal.js';
import type { FrameCipher } from '../../../../src/media/frame-cipher.js';
import { encodeDiscoveryReply } from '../../../../src/protocol/discovery.js';
import { ENCRYPTION_MODES, isRtpSizeMode, type EncryptionMode } from '../../../../src/protocol/encryption-modes.js';
import { encodePing } from '../../../../src/protocol/keepalive.js';
import { encrypted } from '../../driver/dave/fake-provider.js';
import { numbers } from '../../driver/dave/numbers.js';
import { hex } from '../../../vectors/read-vectors.js';
import { packet, ReceiverStage, rtcp, sealOf, unaccounted } from './receiver-stage.js';

for (const mode of ENCRYPTION_MODES) await prepareMode(mode);

/** Numbers from 0 to below 1, the same for equal seeds. */
function fractions(seed: number): () => number {
  const next = numbers(seed);
  return () => next(2 ** 32) / 2 ** 32;
}

const DATAGRAMS = 100_000;
const USERS: readonly (readonly [number, string])[] = [[1, '101'], [2, '102'], [3, '103']]; // prettier-ignore
/** The SSRC of no user, until a user claims it. */
const STRANGER = 9;
/** Modes in which the header is neither authenticated nor part of the nonce: damage to it moves the bounds of the payload. */
const LOOSE: readonly EncryptionMode[] = ['xsalsa20_poly1305_lite', 'xsalsa20_poly1305_suffix'];

interface Sent {
  readonly datagram: Uint8Array;
  /** The complete sealed plaintext. */
  readonly plain: Buffer;
  readonly opus: string;
}

/** Opens the frames of the epochs so far, if they are authentic. */
class Epochs implements FrameCipher {
  epoch = 1;
  verdicts = 0;

  constructor(readonly authentic: ReadonlySet<string>) {}

  encrypt(frame: Uint8Array): Uint8Array {
    return frame;
  }

  decrypt(_: string, frame: Uint8Array) {
    const epoch = frame.at(-5);
    if (frame.length < 12 || epoch === undefined || frame.at(-1) !== 0xfa) return 'unencrypted';
    const opened = frame.slice(0, -12).map((byte) => byte ^ epoch);
    return epoch <= this.epoch && this.authentic.has(text(opened)) ? opened : 'undecryptable';
  }

  mayYet(refusal: string): boolean {
    return refusal === 'undecryptable';
  }

  refused(): void {
    this.verdicts += 1;
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Packets as in a call: 3 in 4 with extensions, one in ten with padding, some with contributing sources. */
function sentPackets(mode: EncryptionMode, random: () => number, dave: boolean): Sent[] {
  const seal = sealOf(mode);
  return Array.from({ length: 400 }, (_, i) => {
    const opus = Uint8Array.from({ length: 20 + Math.floor(random() * 60) }, () => Math.floor(random() * 256));
    const payload = dave ? encrypted(1 + Math.floor(random() * 4), opus) : opus;
    const bytes = random() < 0.1 ? 1 + Math.floor(random() * 20) : 0;
    const elements = random() < 0.75 ? hex('10 9e 90 02') : undefined;
    const pad = Buffer.alloc(bytes, bytes);
    const [ssrc] = USERS[i % USERS.length]!;
    const datagram = packet(mode, {
      payload: i % 10 === 9 ? new Uint8Array(0) : payload,
      ssrc: i % 10 === 3 ? STRANGER : ssrc,
      sequence: (65_400 + i) & 0xffff,
      timestamp: i * 960,
      csrcs: random() < 0.1 ? 2 : 0,
      seal,
      ...(elements === undefined ? {} : { elements }),
      ...(bytes === 0 ? {} : { padding: { bytes, count: bytes } }),
    });
    const plain = Buffer.concat([Buffer.alloc(8, 0xcc), hex('bede0001'), elements ?? Buffer.alloc(0), payload, pad]);
    return { datagram, plain, opus: text(opus) };
  });
}

/** RTCP, control, and datagrams that are neither. */
function asides(mode: EncryptionMode): readonly Uint8Array[] {
  const report = hex('80c80006 00000007 e957a59b 80000000 00000bb8 00000003 00000140 81ca0002 00000007 01017a00');
  return [
    rtcp(report, sealOf(mode)),
    rtcp(report.subarray(0, 20), sealOf(mode)),
    encodePing(7),
    hex('1337f00d00000007'),
    new Uint8Array(8),
    encodeDiscoveryReply(7, { address: '203.0.113.9', port: 40_000 }),
    packet(mode, { payloadType: 0x60 }),
    new Uint8Array(0),
  ];
}

function mutated(original: Uint8Array, random: () => number): Uint8Array {
  const bytes = Uint8Array.from(original);
  const kind = random();
  if (kind < 0.2) return bytes.subarray(0, Math.floor(random() * bytes.length));
  if (kind < 0.3) return Uint8Array.of(...bytes, Math.floor(random() * 256));
  for (let changes = 1 + Math.floor(random() * 3); changes > 0; changes -= 1) {
    // Half of the changes hit the header, which holds the bounds.
    const at = Math.floor(random() * (random() < 0.5 ? Math.min(20, bytes.length) : bytes.length));
    bytes[at]! ^= 1 + Math.floor(random() * 255);
  }
  return bytes;
}

describe.each(ENCRYPTION_MODES)('%s', (mode) => {
  it.each([
    ['in a plain call', false],
    ['end-to-end encrypted', true],
  ])('%s: what is heard was sent; every datagram is in one place', (_, dave) => {
    const random = fractions(dave ? 2 : 1);
    const sent = sentPackets(mode, random, dave);
    const others = asides(mode);
    const stage = new ReceiverStage(mode);
    stage.owners.clear();
    for (const [ssrc, user] of USERS) stage.owners.set(ssrc, user);
    const opus = new Set(sent.map((one) => one.opus));
    const keys = new Epochs(opus);
    if (dave) stage.cipher = keys;
    let from: Sent | undefined;
    let heard = 0;
    const parts: boolean[] = [];
    stage.onPacket = ({ frame }) => {
      heard += 1;
      if (opus.has(text(frame))) return;
      // Only damage in the loose modes of a plain call may yield something else: part of the packet's own plaintext, or nothing of it.
      parts.push(LOOSE.includes(mode) && !dave && (from === undefined || from.plain.includes(Buffer.from(frame))));
    };
    const runs = DATAGRAMS / ENCRYPTION_MODES.length / 2;
    for (let i = 0; i < runs; i += 1) {
      const one = sent[Math.floor(random() * sent.length)]!;
      const aside = others[Math.floor(random() * others.length)]!;
      const kind = random();
      from = one;
      if (kind < 0.35) stage.take(one.datagram);
      else if (kind < 0.7) stage.take(mutated(one.datagram, random));
      else if (kind < 0.8) stage.take(aside);
      else if (kind < 0.9) stage.take(mutated(aside, random));
      else stage.take(Uint8Array.from({ length: Math.floor(random() * 120) }, () => Math.floor(random() * 256)));
      from = undefined;
      if (random() < 0.02) stage.wait(Math.floor(random() * 400));
      if (random() < 0.01) {
        keys.epoch = 1 + Math.floor(random() * 4);
        stage.receiver.delivery.retry();
      }
      if (random() < 0.005) stage.listeners = random() < 0.5 ? undefined : new Set(random() < 0.5 ? [] : ['102']);
      if (random() < 0.005) stage.listensToRtcp = random() < 0.7;
      if (random() < 0.005) stage.claim(STRANGER, '109');
      if (random() < 0.005) stage.owners.delete(STRANGER);
      if (i % 500 === 0) expect(unaccounted(stage.stats.datagrams)).toBe(0);
    }
    stage.wait(5_000);
    const { datagrams, totals } = stage.stats;
    expect(unaccounted(datagrams)).toBe(0);
    expect([datagrams.received, datagrams.waiting, datagrams.audio, totals.packets]).toEqual([runs, 0, heard, heard]);
    expect(parts).not.toContain(false);
    // Every possible outcome has occurred often.
    const expected = ['audio', 'duplicates', 'empty', 'undecryptable', 'unheard', 'control', 'malformed', 'other', 'rtcpUndecryptable'] as const;
    for (const place of expected) expect([place, datagrams[place]]).toEqual([place, expect.toSatisfy((n: number) => n > 10)]);
    if (isRtpSizeMode(mode)) expect(Math.min(datagrams.rtcp, datagrams.rtcpMalformed)).toBeGreaterThan(10);
    // Packets of unknown owners are delivered without a user if the call is plain.
    expect(datagrams.unclaimed > 10).toBe(dave);
    if (dave) expect([datagrams.refused, totals.refused.expired > 10]).toEqual([keys.verdicts, true]);
  });

  it('every good packet of a plain call is heard, once and in order, whatever comes between', () => {
    const random = fractions(3);
    const sent = sentPackets(mode, random, false);
    const stage = new ReceiverStage(mode);
    stage.owners.clear();
    for (const [ssrc, user] of [...USERS, [STRANGER, '109'] as const]) stage.owners.set(ssrc, user);
    const expected: string[] = [];
    sent.forEach(({ datagram, opus }, i) => {
      if (!LOOSE.includes(mode)) stage.take(mutated(datagram, random));
      stage.take(datagram);
      if (i % 10 !== 9) expected.push(opus);
    });
    expect(stage.heard.map(({ frame }) => text(frame))).toEqual(expected);
    expect(stage.stats.totals).toMatchObject({ packets: 360, duplicates: 0 });
  });
});
