import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { extensionElement, ONE_BYTE_PROFILE, TWO_BYTE_PROFILE } from '../../../src/protocol/rtp-extensions.js';
import { writeOneByteExtension, writeTwoByteExtension } from '../../../src/protocol/rtp-extension-writer.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const elements = (ids: number, longest: number): fc.Arbitrary<{ id: number; data: Uint8Array }[]> =>
  fc.uniqueArray(
    fc.record({ id: fc.integer({ min: 1, max: ids }), data: fc.uint8Array({ minLength: 1, maxLength: longest }) }),
    { selector: ({ id }) => id, maxLength: 8 },
  );

describe.each([
  ['one byte', ONE_BYTE_PROFILE, writeOneByteExtension, elements(14, 16)],
  ['two bytes', TWO_BYTE_PROFILE, writeTwoByteExtension, elements(255, 255)],
] as const)('an extension with headers of %s', (_, profile, write, some) => {
  it('is found again, element by element, and no other is', () => {
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 14 }), (list, other) => {
        const bytes = write(list);
        expect(bytes.length % 4).toBe(0);
        expect(hex(bytes.subarray(0, 4))).toBe(profile.toString(16) + ((bytes.length - 4) / 4).toString(16).padStart(4, '0'));
        for (const { id, data } of list) {
          const at = extensionElement(bytes, 4, bytes.length, profile, id);
          expect(hex(bytes.subarray(at, at + data.length))).toBe(hex(data));
        }
        if (!list.some(({ id }) => id === other)) expect(extensionElement(bytes, 4, bytes.length, profile, other)).toBe(-1);
      }),
    );
  });
});

describe('Discord’s extension of one word', () => {
  it('holds the level and the speaking byte', () => {
    expect(hex(writeOneByteExtension([{ id: 1, data: [0x80 | 30] }, { id: 9, data: [2] }]))).toBe('bede0001' + '109e9002');
    expect(hex(writeTwoByteExtension([{ id: 1, data: [0x80 | 30] }, { id: 9, data: [2] }]))).toBe('10000002' + '01019e090102' + '0000');
  });
});

describe('an element that does not fit', () => {
  it.each([[0, 1], [15, 1], [1, 0], [1, 17]])('is refused in the one-byte form: id %i, %i bytes', (id, length) => { // prettier-ignore
    expect(() => writeOneByteExtension([{ id, data: new Uint8Array(length) }])).toThrow(RangeError);
  });

  it.each([[0, 1], [256, 1], [1, 256]])('is refused in the two-byte form: id %i, %i bytes', (id, length) => { // prettier-ignore
    expect(() => writeTwoByteExtension([{ id, data: new Uint8Array(length) }])).toThrow(RangeError);
  });
});
