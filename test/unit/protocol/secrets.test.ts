import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { Secrets } from '../../../src/protocol/secrets.js';
import { formsOf, leaks } from '../../support/secret-forms.js';

const TOKEN = '66d29164ee8cd919';
const secretText = fc.string({ unit: fc.constantFrom(...'abcXYZ0189+/=._-$^()[]{}|\\*?'), minLength: 12, maxLength: 40 });
const key = fc.uint8Array({ minLength: 32, maxLength: 32 });

function secretsOf(...all: readonly (string | Uint8Array)[]): Secrets {
  const secrets = new Secrets();
  for (const secret of all) secrets.add(secret);
  return secrets;
}

describe('a text', () => {
  it('is what it was where it holds no secret', () => {
    fc.assert(fc.property(fc.string(), (text) => new Secrets().redact(text) === text));
    expect(secretsOf(TOKEN).redact('the token was refused')).toBe('the token was refused');
  });

  it('loses the secret, and nothing else', () => {
    const secrets = secretsOf(TOKEN);
    expect(secrets.redact(`no: {"token":"${TOKEN}"} (${TOKEN.toUpperCase()})`)).toBe('no: {"token":"[redacted]"} ([redacted])');
    expect(secrets.redact(secrets.redact(TOKEN))).toBe('[redacted]');
  });

  it('loses it in every form, between any other words', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(secretText, key), { minLength: 1, maxLength: 4 }), fc.string(), fc.string(), (all, before, after) => {
        const secrets = secretsOf(...all);
        for (const form of all.flatMap(formsOf)) expect(leaks(secrets.redact(before + form + after), all)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('loses the bytes of a key as Node prints them', () => {
    fc.assert(
      fc.property(key, (bytes) => {
        const secrets = secretsOf(bytes);
        for (const printed of [Buffer.from(bytes), bytes, [...bytes], { key: bytes }].flatMap((value) => [inspect(value), JSON.stringify(value)]))
          expect(leaks(secrets.redact(printed), [bytes])).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('loses the longer of two secrets that begin alike as a whole', () => {
    expect(secretsOf(TOKEN, `${TOKEN}abc`).redact(`${TOKEN}abc!`)).toBe('[redacted]!');
  });
});

describe('the secrets', () => {
  it('are no words of a test: what is shorter than 12 characters stays', () => {
    expect(secretsOf('session', 'token').redact('the session timed out')).toBe('the session timed out');
  });

  it('are those of the last 32, and those before are forgotten', () => {
    const all = Array.from({ length: 40 }, (_, i) => `secret-number-${i}!`);
    const secrets = secretsOf(...all);
    expect(all.map((secret) => secrets.redact(secret) === '[redacted]')).toEqual(all.map((_, i) => i >= 8));
  });

  it('may be learnt between two texts', () => {
    const secrets = secretsOf(TOKEN);
    expect(secrets.redact('0123456789abcdef')).toBe('0123456789abcdef');
    secrets.add('0123456789abcdef');
    expect(secrets.redact(`0123456789abcdef ${TOKEN}`)).toBe('[redacted] [redacted]');
  });

  it('are forgotten when nothing will be told any more, and the bytes of keys are overwritten', () => {
    const key = new Uint8Array(32).fill(0xab);
    const secrets = new Secrets();
    secrets.add(TOKEN);
    secrets.add(key);
    expect(secrets.standIn('ab'.repeat(32))).toBe(true);
    secrets.forget();
    expect([secrets.standIn('ab'.repeat(32)), secrets.redact(TOKEN), [...new Set(key)]]).toEqual([false, TOKEN, [0]]);
  });
});
