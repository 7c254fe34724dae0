/** Runs a step over pulled pieces, with sync or async iteration. */
import type { PcmPiece, PieceStep } from './piece.js';

/** The results of a step over a sync iterable. */
export function* looped<T>(pcm: Iterable<PcmPiece>, start: () => PieceStep<T>): Generator<T, undefined> {
  const step = start();
  let source: Iterator<PcmPiece> | undefined;
  try {
    const pieces = pcm[Symbol.iterator]();
    source = pieces;
    let failed: { readonly error: unknown } | undefined;
    while (source !== undefined && !step.over) {
      let result: IteratorResult<PcmPiece> | undefined;
      try {
        result = pieces.next();
      } catch (error) {
        failed = { error };
      }
      if (result === undefined || result.done === true) source = undefined;
      else yield* step.push(result.value);
    }
    yield* step.flush();
    if (failed !== undefined) throw failed.error;
    return undefined;
  } finally {
    step.free();
    source?.return?.();
  }
}

/**
 * The same for an async iterable. A generator alone is not enough: its `return()` waits for a pending `next()`, so a source that stalls could
 * not be released.
 */
export function pulled<T>(pcm: AsyncIterable<PcmPiece>, start: () => PieceStep<T>): AsyncIterator<T, undefined> {
  let step: PieceStep<T> | undefined;
  let source: AsyncIterator<PcmPiece> | undefined;
  let left = false;
  const letGo = async (): Promise<void> => {
    const [using, reading] = [step, source];
    step = source = undefined;
    using?.free();
    await reading?.return?.();
  };

  async function* run(): AsyncGenerator<T, undefined> {
    const own = start();
    step = own;
    try {
      const pieces = pcm[Symbol.asyncIterator]();
      source = pieces;
      let failed: { readonly error: unknown } | undefined;
      while (source !== undefined && !own.over) {
        let result: IteratorResult<PcmPiece> | undefined;
        try {
          result = await pieces.next();
        } catch (error) {
          failed = { error };
        }
        // After the consumer has left, neither the held samples nor an error that is caused by leaving is wanted.
        if (left) return undefined;
        if (result === undefined || result.done === true) source = undefined;
        else yield* own.push(result.value);
      }
      yield* own.flush();
      if (failed !== undefined) throw failed.error;
      return undefined;
    } finally {
      await letGo();
    }
  }

  const results = run();
  return {
    next: () => results.next(),
    async return() {
      left = true;
      await letGo();
      return results.return(undefined);
    },
  };
}
