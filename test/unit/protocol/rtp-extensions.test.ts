import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { extensionElement, ONE_BYTE_PROFILE, TWO_BYTE_PROFILE } from '../../../src/protocol/rtp-extensions.js';
import { hex } from '../../vectors/read-vectors.js';

/** The first data byte of element `id`; the bytes around the elements belong to none of them. */
function find(profile: number, elements: string, id: number): number | undefined {
  const bytes = Uint8Array.of(0x11, 0x11, ...hex(elements), 0x11, 0x11);
  const at = extensionElement(bytes, 2, bytes.length - 2, profile, id);
  return at < 0 ? undefined : bytes[at];
}

describe('elements with a header of one byte', () => {
  it.each<[string, string, number, number | undefined]>([
    ['what Discord sends: level and speaking', '10 9e 90 02', 1, 0x9e],
    ['the second of them', '10 9e 90 02', 9, 0x02],
    ['one that is not there', '10 9e 90 02', 3, undefined],
    ['behind a longer one', '32 aabbcc 90 05', 9, 5],
    ['behind padding, and before more of it', '00 00 90 05 00', 9, 5],
    ['the first of two', '90 05 90 06', 9, 5],
    ['behind the end mark', 'f0 90 05 00', 9, undefined],
    ['before the end mark', '90 05 f0 00', 9, 5],
    ['behind padding that claims a length', '01 90 05 00', 9, undefined],
    ['one that is cut off', '00 00 00 90', 9, undefined],
    ['one that is longer than what is left', '00 00 91 05', 9, undefined],
    ['behind one that is longer than what is left', '3f aa 90 05', 9, undefined],
    ['among nothing', '', 1, undefined],
  ])('%s', (_, elements, id, expected) => {
    expect(find(ONE_BYTE_PROFILE, elements, id)).toBe(expected);
  });
});

describe('elements with a header of two bytes', () => {
  it.each<[string, string, number, number | undefined]>([
    ['one', '01 01 9e 00', 1, 0x9e],
    ['behind one of 16 bytes and padding', `20 10 ${'aa'.repeat(16)} 00 09 01 04`, 9, 4],
    ['behind one without data', '03 00 09 01 04', 9, 4],
    ['one without data', '09 00 00 00', 9, undefined],
    ['id 15 is one like others', '0f 01 07 09 01 04', 9, 4],
    ['one whose length is cut off', '00 00 00 09', 9, undefined],
    ['one that is longer than what is left', '09 02 04', 9, undefined],
  ])('%s', (_, elements, id, expected) => {
    for (const profile of [TWO_BYTE_PROFILE, TWO_BYTE_PROFILE | 0xf]) expect(find(profile, elements, id)).toBe(expected);
  });
});

it('a profile of another form has no elements that we could read', () => {
  for (const profile of [0, 0xbedf, 0x1010, 0xffff]) expect(find(profile, '10 9e 90 02', 1)).toBeUndefined();
});

it('elements in any order are all found, in both forms; any bytes can be searched', () => {
  const element = fc.record({ id: fc.integer({ min: 1, max: 14 }), data: fc.uint8Array({ minLength: 1, maxLength: 16 }), pad: fc.nat(3) });
  fc.assert(
    fc.property(fc.uniqueArray(element, { selector: ({ id }) => id }), fc.boolean(), (elements, short) => {
      const bytes = elements.flatMap(({ id, data, pad }) => [
        ...(short ? [(id << 4) | (data.length - 1)] : [id, data.length]),
        ...data,
        ...new Array<number>(pad).fill(0),
      ]);
      for (const { id, data } of elements) {
        const at = extensionElement(Uint8Array.from(bytes), 0, bytes.length, short ? ONE_BYTE_PROFILE : TWO_BYTE_PROFILE, id);
        expect(bytes.slice(at, at + data.length)).toEqual([...data]);
      }
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(ONE_BYTE_PROFILE, TWO_BYTE_PROFILE), fc.nat(255), (bytes, profile, id) => {
      const at = extensionElement(bytes, 0, bytes.length, profile, id);
      expect(at === -1 || (at > 0 && at < bytes.length)).toBe(true);
    }),
  );
});
