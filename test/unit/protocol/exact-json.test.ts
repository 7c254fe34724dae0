import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { parseExactJson } from '../../../src/protocol/exact-json.js';

describe('parseExactJson', () => {
  it.each([
    ['1764460800123456789', 1764460800123456789n],
    ['18446744073709551615', 18446744073709551615n],
    ['-9007199254740993', -9007199254740993n],
    ['[9007199254740991]', [9007199254740991]],
    ['{"t":9007199254740993,"seq_ack":3}', { t: 9007199254740993n, seq_ack: 3 }],
    // Digits in a text, a fraction or an exponent do not form a whole number.
    ['"9007199254740993"', '9007199254740993'],
    ['{"a\\"9007199254740993":"\\\\"}', { 'a"9007199254740993': '\\' }],
    ['0.12345678901234567', 0.12345678901234567],
    ['1234567890123456789.5', 1234567890123456789.5],
    ['1234567890123456789e2', 1234567890123456789e2],
    // Longer than 64 bits: treated like any other number.
    ['123456789012345678901', 123456789012345678901],
  ])('%s', (text, value) => {
    expect(parseExactJson(text)).toEqual(value);
  });

  it('keeps every digit of any whole number of 64 bits, wherever it stands', () => {
    const json = fc.jsonValue();
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n), json, (number, beside) => {
        const { t } = parseExactJson(`{"beside":${JSON.stringify(beside)},"t":${number}}`) as { t: number | bigint };
        expect(String(t)).toBe(String(number));
      }),
    );
  });

  it('reads everything else as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const exact = JSON.stringify(parseExactJson(text), (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
        expect(exact).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it.each(['', '{', '12345678901234567x', '"12345678901234567', '[12345678901234567,]'])('refuses %j as JSON.parse does', (text) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });
});
