/** Messages as bytes. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeValue, encodeValue } from '../../../src/nodes/link/codec.js';

const leaf = fc.oneof(fc.string(), fc.boolean(), fc.constant(null), fc.double(), fc.uint8Array({ maxLength: 40 }), fc.float64Array({ maxLength: 6 }));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, leaf, tie('list'), tie('fields'), tie('map'), tie('set')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  // Includes the field names that the codec uses to mark values that JSON cannot express.
  fields: fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$b', '$m', '$o', '$x')).filter((key) => key !== '__proto__'), tie('value'), { maxKeys: 3 }),
  map: fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 3 }).map((entries) => new Map(entries)),
  set: fc.array(fc.string(), { maxLength: 3 }).map((members) => new Set(members)),
}));

it('whatever is plain data comes out as it went in, bytes and numbers that are none included', () => {
  fc.assert(
    fc.property(value, (one) => {
      const back = decodeValue(encodeValue(one));
      expect(back).toEqual(JSON.stringify(one) === undefined ? null : zeroes(one));
    }),
  );
});

it('noise is an error, and no crash of another kind', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
      try {
        decodeValue(noise);
      } catch (error) {
        expect(error instanceof SyntaxError || error instanceof RangeError || error instanceof TypeError).toBe(true);
      }
    }),
  );
  expect(() => decodeValue(encodeValue({ a: new Uint8Array(4) }).subarray(0, -1))).toThrow(RangeError);
});

/** JSON knows no negative zero. */
function zeroes(one: unknown): unknown {
  if (Object.is(one, -0)) return 0;
  if (Array.isArray(one)) return one.map(zeroes);
  if (one instanceof Map) return new Map([...one].map(([key, inner]) => [key, zeroes(inner)]));
  if (typeof one !== 'object' || one === null || one instanceof Set || ArrayBuffer.isView(one)) return one;
  return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, zeroes(inner)]));
}
