/**
 * GHASH, the authenticating half of GCM (NIST SP 800-38D section 6.4), in WebAssembly. JavaScript has no carry-less product of 64 bits, and the
 * usual tables leak their indices through cache timing. This is BearSSL's method (`ghash_ctmul64.c`): integer products of numbers in which
 * three of four bits are zero, so that carries end in the holes. Instructions and addresses do not depend on the data.
 *
 * The result is stored in `src/crypto/gcm/ghash-module.ts`, because generating it in every process would take 5 to 15 ms.
 */
import { HASH, HASH_KEY } from '../../../src/crypto/gcm/ghash-module.js';
import { address, and, constant, FunctionCode, left, load, moduleOf, mul, or, right, rotated, xor, type Code } from './wasm-code.js';

/** Masks of every fourth bit, starting at each of the first four bits. */
const HOLED = [0x1111111111111111n, 0x2222222222222222n, 0x4444444444444444n, 0x8888888888888888n];
/** Swap distances (1, 2 and 4 bits, bytes, and two bytes), each with the mask of the right half of every pair. */
const BITS_AND_NIBBLES = [[1, 0x5555555555555555n], [2, 0x3333333333333333n], [4, 0x0f0f0f0f0f0f0f0fn]] as const; // prettier-ignore
const BYTES = [[8, 0x00ff00ff00ff00ffn], [16, 0x0000ffff0000ffffn]] as const; // prettier-ignore

/**
 * - `hash(from, to)`: hashes whole blocks, at least one, with the key into the result.
 * - `mask(from, to, stream)`: XORs the range with a key stream, eight bytes at a time, at least eight.
 */
export function ghashModule(): Uint8Array {
  return moduleOf({ hash: hashCode(), mask: maskCode() });
}

/** Adds each block in the field, and multiplies by the key. Polynomials have their lowest power in the highest bit, y1 before y0. */
function hashCode(): FunctionCode {
  const f = new FunctionCode(2);
  const [from, to] = [0, 1];
  const h1 = bigEndian(f, load(address(HASH_KEY)));
  const h0 = bigEndian(f, load(address(HASH_KEY), 8));
  const [h0r, h1r] = [reversed(f, h0), reversed(f, h1)];
  const [k0, k1, k2, k0r, k1r, k2r] = [h0, h1, xor(h0, h1), h0r, h1r, xor(h0r, h1r)].map((h) => holed(f, f.keep(h))) as [Code[], Code[], Code[], Code[], Code[], Code[]]; // prettier-ignore
  const y1 = f.keep(constant(0n));
  const y0 = f.keep(constant(0n));
  f.repeatWhileBelow(from, to, () => {
    f.change(y1, xor(y1, bigEndian(f, load(f.parameter(from)))));
    f.change(y0, xor(y0, bigEndian(f, load(f.parameter(from), 8))));
    // Karatsuba's three products give the low halves; those of the reversed operands give the high halves.
    const [y0r, y1r] = [reversed(f, y0), reversed(f, y1)];
    const [low0, low1] = [product(f, y0, k0), product(f, y1, k1)];
    const lowMiddle = xor(product(f, xor(y0, y1), k2), xor(low0, low1));
    const [high0, high1] = [product(f, y0r, k0r), product(f, y1r, k1r)];
    const highMiddle = xor(product(f, xor(y0r, y1r), k2r), xor(high0, high1));
    const high = (z: Code): Code => right(reversed(f, f.keep(z)), 1);
    const [z0, z1] = [low0, f.keep(xor(high(high0), lowMiddle))];
    const [z2, z3] = [f.keep(xor(low1, high(highMiddle))), f.keep(high(high1))];
    // The product of reversed polynomials is one bit short.
    const v3 = or(left(z3, 1), right(z2, 63));
    const v2 = or(left(z2, 1), right(z1, 63));
    const v0 = f.keep(left(z0, 1));
    // Modulo x^128 + x^7 + x^2 + x + 1: the lower two words fold into the upper two.
    const w1 = f.keep(xor(or(left(z1, 1), right(z0, 63)), foldedUp(v0)));
    f.change(y0, xor(xor(v2, folded(v0)), foldedUp(w1)));
    f.change(y1, xor(v3, folded(w1)));
    f.step(from, 16);
  });
  f.store(address(HASH), bigEndian(f, y1));
  f.store(address(HASH), bigEndian(f, y0), 8);
  return f;
}

function maskCode(): FunctionCode {
  const f = new FunctionCode(3);
  const [from, to, stream] = [0, 1, 2];
  f.repeatWhileBelow(from, to, () => {
    f.store(f.parameter(from), xor(load(f.parameter(from)), load(f.parameter(stream))));
    f.step(from, 8);
    f.step(stream, 8);
  });
  return f;
}

const folded = (v: Code): Code => xor(xor(v, right(v, 1)), xor(right(v, 2), right(v, 7)));
const foldedUp = (v: Code): Code => xor(left(v, 63), xor(left(v, 62), left(v, 57)));

/** The four masked parts of a number, each with its holes. */
function holed(f: FunctionCode, x: Code): Code[] {
  return HOLED.map((bits) => f.keep(and(x, constant(bits))));
}

/** The low 64 bits of the carry-less product with a number that is already split into its parts. */
function product(f: FunctionCode, x: Code, parts: readonly Code[]): Code {
  const xs = holed(f, f.keep(x));
  const sums = HOLED.map((bits, i) => and(xs.map((part, j) => mul(part, parts[(i - j + 4) % 4]!)).reduce(xor), constant(bits)));
  return f.keep(sums.reduce(or));
}

function bigEndian(f: FunctionCode, value: Code): Code {
  return f.keep(rotated(swapped(f, f.keep(value), BYTES), 32));
}

/** All 64 bits in the opposite order. */
function reversed(f: FunctionCode, value: Code): Code {
  return bigEndian(f, swapped(f, value, BITS_AND_NIBBLES));
}

function swapped(f: FunctionCode, value: Code, pairs: typeof BYTES | typeof BITS_AND_NIBBLES): Code {
  let x = value;
  for (const [bits, right_] of pairs) x = f.keep(or(left(and(x, constant(right_)), bits), and(right(x, bits), constant(right_))));
  return x;
}
