/** Reads an async iterable to its end, and keeps the items even if it fails. */
export async function collect<T>(items: AsyncIterable<T>): Promise<{ readonly items: T[]; readonly error: unknown }> {
  const kept: T[] = [];
  try {
    for await (const item of items) kept.push(item);
    return { items: kept, error: undefined };
  } catch (error) {
    return { items: kept, error };
  }
}

/** Byte chunks as base64 text, which `toEqual` compares a hundred times as fast. */
export function texts(chunks: readonly Uint8Array[]): string[] {
  return chunks.map((chunk) => Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('base64'));
}
