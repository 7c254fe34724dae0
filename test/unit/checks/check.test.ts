import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amount, count, fields, functionOf, having, inWords, listOf, oneOf, variants, type Check } from '../../../src/checks/check.js';
import { nearest } from '../../../src/checks/nearest.js';
import { VoiceOptionsError } from '../../../src/errors.js';

/** The text of the error, or undefined if there is none. */
function said(check: Check, value: unknown, name = 'option'): string | undefined {
  try {
    check(name, value);
  } catch (error) {
    expect(error).toBeInstanceOf(VoiceOptionsError);
    return (error as Error).message;
  }
  return undefined;
}

describe('checks', () => {
  it.each<[string, Check, readonly unknown[], readonly unknown[]]>([
    ['amount', amount('ms', 0), [0, 0.5, 1e12, Infinity], [-1, NaN, '5', '5s', null, true, 5n, [5], {}]],
    ['amount with a most', amount('ms', 1, 2), [1, 1.5, 2], [0.9, 2.1, Infinity]],
    ['count', count('frames', 1), [1, 2 ** 40], [0, -1, 1.5, NaN, Infinity, '1', null]],
    ['functionOf', functionOf('of nothing'), [() => 1, Date], [null, {}, 'function', 1]],
    ['oneOf', oneOf(['a', 8]), ['a', 8], ['8', 'A', null, NaN, ['a']]],
    ['listOf', listOf(count('n', 1), 'numbers'), [[1], [1, 2]], [[], 1, null, { 0: 1, length: 1 }, [1, 0], new Set([1])]],
    ['having', having(['now'], 'a clock'), [Date, { now: () => 1 }].slice(1), [null, {}, { now: 1 }, () => 1, 'now']],
    ['fields', fields({ a: count('n', 1) }), [{}, { a: 1 }, { a: undefined }, { b: undefined }], [null, [], 'a', () => 1, { a: 0 }, { b: 1 }]],
  ])('%s', (_, check, right, wrong) => {
    for (const value of right) expect([value, said(check, value)]).toEqual([value, undefined]);
    for (const value of wrong) expect(said(check, value)).toMatch(/^option/);
  });

  it('names the path, what there is to be and what there is', () => {
    const options = fields({ timeouts: fields({ hello: amount('ms', 0) }), modes: listOf(oneOf(['aes', 'xchacha']), 'modes') });
    expect(said(options, { timeouts: { hello: '5s' } }, '')).toBe("timeouts.hello: must be ms, and is '5s'");
    expect(said(options, { modes: ['aes', 'xchach'] }, '')).toBe("modes[1]: must be one of aes, xchacha, and is 'xchach'; did you mean 'xchacha'?");
    expect(said(options, { timeout: {} }, '')).toBe("timeout: there is no such option; did you mean 'timeouts'?");
    expect(said(options, { lunch: {} }, '')).toBe('lunch: there is no such option: there are timeouts, modes');
    expect(said(options, null, '')).toBe('options: must be an object, and is null');
    expect(said(fields({ a: functionOf('') }, ['a']), {})).toBe('option.a: is missing');
  });

  it('takes what an object inherits, and no name that all objects inherit', () => {
    const options = fields({ a: count('n', 1) });
    class Settings {
      get a(): number {
        return 0;
      }
    }
    expect(said(options, new Settings())).toBe('option.a: must be n, and is 0');
    expect(said(options, { constructor: 1 })).toMatch(/no such option/);
    expect(said(options, JSON.parse('{"__proto__":1}'))).toMatch(/no such option/);
  });

  it('tells variants apart by a field of theirs', () => {
    const check = variants('kind', { cat: fields({ kind: () => undefined, lives: count('lives', 1) }, ['lives']), dog: () => undefined });
    expect(said(check, { kind: 'dog' })).toBeUndefined();
    expect(said(check, { kind: 'cat', lives: 9 })).toBeUndefined();
    expect(said(check, { kind: 'cat' })).toBe('option.lives: is missing');
    expect(said(check, { kind: 'cow' })).toBe("option.kind: must be one of cat, dog, and is 'cow'");
    expect(said(check, undefined)).toBe('option: must be an object, and is undefined');
  });
});

describe('inWords', () => {
  it('never prints what is in an object or a long text, nor throws at anything', () => {
    const secret = 'S3CRET';
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true, withMap: true }), (value) => {
        expect(inWords(value).length).toBeLessThan(400);
      }),
    );
    for (const value of [{ secret }, [secret], () => secret, secret.repeat(9), new Map([[secret, secret]])]) expect(inWords(value)).not.toContain(secret);
    expect(inWords(Symbol('s'))).toBe('Symbol(s)');
  });
});

describe('nearest', () => {
  const NAMES = ['scheduler', 'timeouts', 'stableAfter', 'linger', 'log', 'gatewayVersion'];

  it.each([
    ['timeout', 'timeouts'],
    ['Scheduler', 'scheduler'],
    ['gateway_version', 'gatewayVersion'],
    ['lnger', 'linger'],
    ['logger', 'log'],
    ['time', 'timeouts'],
    ['stabelAfter', 'stableAfter'],
  ])('%s is meant to be %s', (name, meant) => expect(nearest(name, NAMES)).toBe(meant));

  it.each(['', 'x', 'volume', 'onRetry'])("'%s' is none of them", (name) => expect(nearest(name, NAMES)).toBeUndefined());

  it('a name is nearest to itself', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, selector: (name) => name.replace(/[_-]/g, '').toLowerCase() }), (names) => {
      for (const name of names) expect(nearest(name, names)).toBe(name);
    })); // prettier-ignore
  });
});
