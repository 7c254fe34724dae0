/** The delivery service cannot listen to the call: nothing that it holds or sees leads to a key. */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DaveyClient } from '../../../support/davey-client.js';
import { CHANNEL, Stage, user } from './stage.js';

const AUDIO = Buffer.from('fc0102030405060708090a0b0c0d0e0f', 'hex');
const KEY_BYTES = 16;
const SECRET_BYTES = 32;
const TAG_BYTES = 8;

/** HKDF-Expand of one block, with an MLS label. RFC 9420 section 8. */
function expandWithLabel(secret: Uint8Array, label: string, context: Uint8Array, length: number): Buffer {
  const name = Buffer.from(`MLS 1.0 ${label}`);
  const info = Buffer.concat([Buffer.of(length >> 8, length, name.length), name, Buffer.of(context.length), context, Buffer.of(1)]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, length);
}

/** The key of generation 0 for a sender's base secret. */
const keyOf = (base: Uint8Array): Buffer => expandWithLabel(base, 'key', Buffer.alloc(4), KEY_BYTES);

/** The context from which a member derives a sender's base secret. */
function baseOf(exporterSecret: Uint8Array, userId: string): Buffer {
  const label = expandWithLabel(exporterSecret, 'Discord Secure Frames v0', Buffer.alloc(0), SECRET_BYTES);
  const id = Buffer.alloc(8);
  id.writeBigUInt64LE(BigInt(userId));
  return expandWithLabel(label, 'exported', createHash('sha256').update(id).digest(), KEY_BYTES);
}

const iv = (): Buffer => Buffer.concat([Buffer.alloc(8), Buffer.of(1, 0, 0, 0)]);

/** Whether a key opens a frame with nonce 1, which the first frame of an epoch has. */
function opens(frame: Uint8Array, key: Uint8Array): boolean {
  const end = frame.length - frame[frame.length - 3]!;
  const decipher = createDecipheriv('aes-128-gcm', key, iv(), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(frame.subarray(end, end + TAG_BYTES));
  decipher.update(frame.subarray(0, end));
  try {
    decipher.final();
    return true;
  } catch {
    return false;
  }
}

/** Tries every run of bytes as a media key, a base secret and an exporter secret. */
function findsKey(seen: Uint8Array, frame: Uint8Array, speaker: string): boolean {
  for (let at = 0; at + KEY_BYTES <= seen.length; at += 1) {
    const short = seen.subarray(at, at + KEY_BYTES);
    if (opens(frame, short) || opens(frame, keyOf(short))) return true;
    const long = seen.subarray(at, at + SECRET_BYTES);
    if (long.length === SECRET_BYTES && opens(frame, keyOf(baseOf(long, speaker)))) return true;
  }
  return false;
}

describe('the delivery service', () => {
  const call = (): Stage => {
    const stage = new Stage();
    for (const n of [0, 1]) stage.join(n);
    stage.settle();
    stage.join(2);
    stage.settle();
    return stage;
  };

  it('has sent and seen no key, base secret or exporter secret in the clear', () => {
    const stage = call();
    const frame = stage.client(0).encrypt(AUDIO);
    expect(Buffer.compare(stage.client(2).decrypt(user(0), frame), AUDIO)).toBe(0);
    // Opcodes 29 and 30 repeat what arrived in 28, so half of the traffic is enough.
    const seen = Buffer.concat(stage.traffic.filter((body) => !(body[0] === 0 && body[1] === 0)));
    expect(seen.length).toBeGreaterThan(3_000);
    expect(findsKey(seen, frame, user(0))).toBe(false);
  }, 60_000);

  it('would be found out if it had: the search finds what is there', () => {
    const exporterSecret = randomBytes(SECRET_BYTES);
    const base = baseOf(exporterSecret, user(0));
    const cipher = createCipheriv('aes-128-gcm', keyOf(base), iv(), { authTagLength: TAG_BYTES });
    const ciphertext = Buffer.concat([cipher.update(AUDIO), cipher.final()]);
    const frame = Buffer.concat([ciphertext, cipher.getAuthTag(), Buffer.of(1, 12, 0xfa, 0xfa)]);
    for (const secret of [exporterSecret, base, keyOf(base)])
      expect(findsKey(Buffer.concat([randomBytes(100), secret, randomBytes(100)]), frame, user(0))).toBe(true);
    expect(findsKey(randomBytes(300), frame, user(0))).toBe(false);
  });

  it('does as little for somebody who is not added and sees all of it', () => {
    const stage = call();
    const frame = stage.client(0).encrypt(AUDIO);
    for (const id of [user(5), user(1)]) {
      const eavesdropper = new DaveyClient(id, CHANNEL, () => undefined);
      for (const n of [0, 1, 2, 5]) eavesdropper.recognised.add(user(n));
      eavesdropper.handle({ op: 4, d: { dave_protocol_version: 1 } });
      for (const op of [25, 27, 29, 30]) for (const body of stage.traffic) eavesdropper.handle({ op, body });
      expect(() => eavesdropper.decrypt(user(0), frame)).toThrow(/NoDecryptorForUser|DecryptionFailed/);
    }
  });

  it('cannot be heard by one that left', () => {
    const stage = call();
    const gone = stage.client(1);
    stage.leave(1);
    stage.settle();
    const frame = stage.client(0).encrypt(AUDIO);
    expect(Buffer.compare(stage.client(2).decrypt(user(0), frame), AUDIO)).toBe(0);
    for (const body of stage.traffic) if (body[0] === 0) gone.handle({ op: 29, body });
    expect(() => gone.decrypt(user(0), frame)).toThrow();
  });

  it('uses node:crypto to hash, sign and verify, and for nothing else', () => {
    const folder = new URL('../../../../src/server/dave/', import.meta.url);
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).flatMap((file) => {
      const imports = readFileSync(new URL(file, folder), 'utf8').matchAll(/import \{([^}]*)\} from 'node:crypto'/g);
      return [...imports].flatMap((match) => match[1]!.split(',').map((name) => name.replace('type', '').trim()));
    });
    expect([...new Set(names)].sort()).toEqual([
      'KeyObject', 'createHash', 'createPublicKey', 'generateKeyPairSync', 'randomBytes', 'sign', 'verify',
    ]); // prettier-ignore
  });

  it('tells nothing but ids, numbers and reasons in its events', () => {
    const stage = call();
    stage.call.receiveBinary(user(0), 28, stage.traffic.at(-1)!);
    const told = JSON.stringify([stage.events, stage.call.snapshot, stage.call.counters]);
    expect(told).not.toMatch(/[0-9a-f]{32}/);
    expect(told.length).toBeGreaterThan(500);
  });
});
