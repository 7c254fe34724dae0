import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readCommitWelcome } from '../../../../../src/server/dave/mls/commit-welcome.js';
import { ExternalSender } from '../../../../../src/server/dave/mls/external-sender.js';
import { readKeyPackage, type KeyPackage } from '../../../../../src/server/dave/mls/key-package.js';
import { concat, decode, uint, uint64 } from '../../../../../src/server/dave/mls/tls-codec.js';
import { readWelcome, welcomeFor } from '../../../../../src/server/dave/mls/welcome.js';
import { hex, readVectors, toHex } from '../../../../vectors/read-vectors.js';
import { CHANNEL } from '../stage.js';

interface Recorded {
  readonly name: string;
  readonly op: number;
  readonly userId: string;
  readonly bytes: string;
  readonly epoch: number;
  readonly leafIndex: number;
  readonly leaves: readonly (string | null)[];
}

const recorded = readVectors<Recorded>('dave-messages');
const keyPackages = recorded.filter(({ op }) => op === 26);
const commits = recorded.filter(({ op }) => op === 28);
const GROUP_ID = uint64(BigInt(CHANNEL));

function good<T>(read: T | string): T {
  if (typeof read === 'string') expect.fail(read);
  return read;
}

describe('key packages', () => {
  it.each(keyPackages)('$name of davey is good, bare and in an MLSMessage', ({ bytes, userId }) => {
    const bare = good<KeyPackage>(readKeyPackage(hex(bytes), userId));
    expect(toHex(bare.bytes)).toBe(bytes);
    expect(bare.signatureKey).toMatch(/^04[0-9a-f]{128}$/);
    expect(readKeyPackage(concat(hex('00010005'), hex(bytes)), userId)).toEqual(bare);
  });

  it("their references are those in davey's Welcome", () => {
    const refs = keyPackages.map(({ bytes, userId }) => good<KeyPackage>(readKeyPackage(hex(bytes), userId)).ref);
    const { welcome } = good(readCommitWelcome(hex(commits[0]!.bytes)));
    expect([...welcome!.secrets.keys()].every((ref) => refs.includes(ref))).toBe(true);
    expect(welcome!.secrets.size).toBe(1);
  });

  const { bytes: text, userId } = keyPackages[0]!;
  const bytes = hex(text);
  const changed = (change: (copy: Uint8Array) => void): Uint8Array => {
    const copy = bytes.slice();
    change(copy);
    return copy;
  };
  it.each<[string, Uint8Array, string, RegExp]>([
    ['of another user', bytes, '1', /identity/],
    ['with trailing bytes', concat(bytes, uint(0, 1)), userId, /1 bytes too many/],
    ['of another version', changed((copy) => (copy[1] = 2)), userId, /protocol version is 2/],
    ['of another ciphersuite', changed((copy) => (copy[3] = 1)), userId, /ciphersuite is 1/],
    ['with a broken signature', changed((copy) => (copy[copy.length - 1]! ^= 1)), userId, /^the signature is wrong/],
    ['with another init key', changed((copy) => (copy[40]! ^= 1)), userId, /init key is not/],
    ['with a compressed init key', changed((copy) => (copy[6] = 2)), userId, /init key is not/],
    ['with a compressed signature key', changed((copy) => (copy[6 + 67 * 2] = 2)), userId, /signature key is not/],
    ['with an end to its lifetime', changed((copy) => (copy[text.indexOf('f'.repeat(16)) / 2] = 0)), userId, /lifetime/],
    ['with an init key for encryption key', changed((copy) => copy.copyWithin(73, 6, 71)), userId, /init key is the/],
    ['with a broken signature of the leaf', changed((copy) => (copy[text.indexOf('f'.repeat(16)) / 2 + 14]! ^= 1)), userId, /signature of the leaf/],
    ['of nothing', new Uint8Array(), userId, /left/],
  ])('%s is refused', (_, body, of, reason) => expect(readKeyPackage(body, of)).toMatch(reason));

  it('no bit of it can be changed', () => {
    for (let at = 0; at < bytes.length; at += 1)
      expect(readKeyPackage(changed((copy) => (copy[at]! ^= 1 << at % 8)), userId)).toBeTypeOf('string');
  });

  it('no prefix of it is one', () => {
    for (let end = 0; end < bytes.length; end += 1) expect(readKeyPackage(bytes.subarray(0, end), userId)).toBeTypeOf('string');
  });
});

describe('commits and Welcomes of davey', () => {
  it.each(commits)('$name', ({ bytes, epoch, leafIndex, name }) => {
    const { commit, welcome } = good(readCommitWelcome(hex(bytes)));
    expect(commit.groupId).toEqual(GROUP_ID);
    expect(commit.epoch).toBe(BigInt(epoch));
    expect(commit.leafIndex).toBe(leafIndex);
    expect(commit.refs).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect(welcome === undefined).toBe(name.startsWith('a removal'));
    const welcomeBytes = hex(bytes).subarray(commit.message.length);
    expect(toHex(commit.message) + toHex(welcomeBytes)).toBe(bytes);
    // With a single newcomer, the message is simply that one's Welcome.
    if (welcome !== undefined) expect(welcomeFor(welcome, [...welcome.secrets.keys()][0]!)).toEqual(welcomeBytes);
  });

  it('no prefix of a commit is one, and nothing may follow the Welcome', () => {
    for (const { bytes } of commits) {
      const body = hex(bytes);
      const { commit } = good(readCommitWelcome(body));
      for (let end = 0; end < body.length; end += 1)
        expect(typeof readCommitWelcome(body.subarray(0, end)) === 'string').toBe(end !== commit.message.length);
      expect(readCommitWelcome(concat(body, uint(0, 1)))).toBeTypeOf('string');
    }
  });

  it('a proposal within a commit is refused', () => {
    const body = hex(commits[0]!.bytes);
    const at = toHex(body).indexOf('0220', 54) / 2;
    expect(good(readCommitWelcome(body)).commit.refs[0]).toBe(toHex(body.subarray(at + 2, at + 34)));
    body[at] = 1;
    expect(readCommitWelcome(body)).toBe('the type of a proposal is 1, not 2');
  });

  it('a Welcome is cut down to one newcomer', () => {
    const entry = (n: number): Uint8Array => concat(uint(32, 1), new Uint8Array(32).fill(n), hex('01aa'), hex('02bbcc'));
    const body = concat(hex('0002'), uint(0x4000 + 76, 2), entry(1), entry(2), hex('03dddddd'));
    const welcome = good(decode(body, readWelcome));
    expect(toHex(welcomeFor(welcome, '02'.repeat(32)))).toBe(`000226${toHex(entry(2))}03dddddd`);
  });
});

describe('the external sender', () => {
  it('announces itself as Discord does: point, basic credential, an identity of one zero byte', () => {
    const text = toHex(new ExternalSender(GROUP_ID).announcement);
    expect(text).toMatch(/^404104[0-9a-f]{128}00010100$/);
  });

  it('signs what RFC 9420 says, in DER', () => {
    const sender = new ExternalSender(GROUP_ID);
    const { message, ref } = sender.remove(3, 9);
    const body = `00010001` + `08${toHex(GROUP_ID)}0000000000000009` + `0200000000` + `00` + `02` + `000300000003`;
    expect(toHex(message.subarray(0, body.length / 2))).toBe(body);
    const point = sender.announcement.subarray(3, 67);
    const [x, y] = [point.subarray(0, 32), point.subarray(32)].map((part) => Buffer.from(part).toString('base64url'));
    const key = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x: x!, y: y! } });
    const label = Buffer.from('MLS 1.0 FramedContentTBS');
    const signed = Buffer.concat([Buffer.of(label.length), label, Buffer.of(body.length / 2), Buffer.from(body, 'hex')]);
    const signature = message.subarray(body.length / 2 + 2);
    expect([...message.subarray(body.length / 2, body.length / 2 + 3)]).toEqual([0x40, signature.length, 0x30]);
    expect(verify('sha256', signed, key, signature)).toBe(true);
    expect(ref).toMatch(/^[0-9a-f]{64}$/);
  });
});
