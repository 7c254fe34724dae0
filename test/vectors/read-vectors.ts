/** Test vectors are JSON files beside this one, each with an `origin` that says where its values come from; bytes are hex. */
import { readFileSync } from 'node:fs';

export interface VectorFile<T> {
  readonly origin: string;
  readonly vectors: readonly T[];
}

export function readVectors<T>(name: string): readonly T[] {
  const text = readFileSync(new URL(`./${name}.json`, import.meta.url), 'utf8');
  return (JSON.parse(text) as VectorFile<T>).vectors;
}

/** Bytes of a hex text; blanks are for the eye. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
