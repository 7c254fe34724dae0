/**
 * The part of WebAssembly's binary format that `ghash-code.ts` uses: 64-bit expressions, their locals, one loop. An expression
 * is its byte code, and leaves one value on the stack. Source: WebAssembly Core Specification 1.0, "Binary Format".
 */
export type Code = readonly number[];

const I64 = 0x7e;
const I32 = 0x7f;
const FUNCTION = 0x60;
const BLOCK_WITHOUT_RESULT = 0x40;
const [LOOP, END, BRANCH_IF] = [0x03, 0x0b, 0x0d];
const [LOCAL_GET, LOCAL_SET] = [0x20, 0x21];
const [I32_CONST, I32_LESS_UNSIGNED, I32_ADD] = [0x41, 0x49, 0x6a];
const [I64_LOAD, I64_STORE, I64_CONST] = [0x29, 0x37, 0x42];
const [TYPES, FUNCTIONS, MEMORIES, EXPORTS, CODES] = [1, 3, 5, 7, 10];

const binary =
  (operation: number) =>
  (a: Code, b: Code): Code => [...a, ...b, operation];

export const mul = binary(0x7e);
export const and = binary(0x83);
export const or = binary(0x84);
export const xor = binary(0x85);
const shiftLeft = binary(0x86);
const shiftRight = binary(0x88);
const rotate = binary(0x89);

export const left = (x: Code, bits: number): Code => shiftLeft(x, constant(BigInt(bits)));
/** Shifts in zeros. */
export const right = (x: Code, bits: number): Code => shiftRight(x, constant(BigInt(bits)));
export const rotated = (x: Code, bits: number): Code => rotate(x, constant(BigInt(bits)));
export const constant = (value: bigint): Code => [I64_CONST, ...signed(BigInt.asIntN(64, value))];
export const address = (at: number): Code => [I32_CONST, ...signed(BigInt(at))];
/** The eight bytes at an address, little-endian. */
export const load = (at: Code, offset = 0): Code => [...at, I64_LOAD, 0, ...unsigned(offset)];

/** A function with 32-bit parameters and no result. Its locals are 64 bits. */
export class FunctionCode {
  readonly parameters: number;
  readonly #code: number[] = [];
  #locals = 0;

  constructor(parameters: number) {
    this.parameters = parameters;
  }

  parameter(index: number): Code {
    return [LOCAL_GET, index];
  }

  /** Computes a value once, at this point; the returned code reads it. */
  keep(value: Code): Code {
    const local = this.parameters + this.#locals;
    this.#locals += 1;
    this.#code.push(...value, LOCAL_SET, ...unsigned(local));
    return [LOCAL_GET, ...unsigned(local)];
  }

  /** Assigns a new value to what `keep` returned. */
  change(kept: Code, value: Code): void {
    this.#code.push(...value, LOCAL_SET, ...kept.slice(1));
  }

  store(at: Code, value: Code, offset = 0): void {
    this.#code.push(...at, ...value, I64_STORE, 0, ...unsigned(offset));
  }

  step(parameter: number, bytes: number): void {
    this.#code.push(...this.parameter(parameter), ...address(bytes), I32_ADD, LOCAL_SET, parameter);
  }

  /** Runs the code that `body` writes once, then again as long as the first parameter is below the second. */
  repeatWhileBelow(parameter: number, limit: number, body: () => void): void {
    this.#code.push(LOOP, BLOCK_WITHOUT_RESULT);
    body();
    this.#code.push(...this.parameter(parameter), ...this.parameter(limit), I32_LESS_UNSIGNED, BRANCH_IF, 0, END);
  }

  get body(): Code {
    return sized([...unsigned(1), ...unsigned(this.#locals), I64, ...this.#code, END]);
  }
}

/** A module with these functions, and a `memory` of one page (64 KB). */
export function moduleOf(functions: Readonly<Record<string, FunctionCode>>): Uint8Array {
  const all = Object.entries(functions);
  const types = all.map(([, { parameters }]) => [FUNCTION, ...vector(Array<Code>(parameters).fill([I32])), ...vector([])]);
  const exported = all.map(([name], index) => [...text(name), 0, index]);
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(TYPES, types),
    ...section(
      FUNCTIONS,
      all.map((_, index) => [index]),
    ),
    ...section(MEMORIES, [[0, 1]]),
    ...section(EXPORTS, [[...text('memory'), 2, 0], ...exported]),
    ...section(
      CODES,
      all.map(([, { body }]) => body),
    ),
  ]);
}

const section = (id: number, items: readonly Code[]): Code => [id, ...sized(vector(items))];
const vector = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const text = (ascii: string): Code => sized(Array.from(ascii, (letter) => letter.charCodeAt(0)));
const sized = (bytes: Code): Code => [...unsigned(bytes.length), ...bytes];

/** LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: bigint): Code {
  const low = Number(value & 0x7fn);
  const rest = value >> 7n;
  return rest === ((low & 0x40) === 0 ? 0n : -1n) ? [low] : [low | 0x80, ...signed(rest)];
}
