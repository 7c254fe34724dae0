/** A step over what is pulled: by a loop, or by one that waits. */
import type { PcmPiece, PieceStep } from './piece.js';

/** The results of a step over pieces that are there. */
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
 * The same of pieces that are waited for. A generator alone would not do: its `return()` waits for a pending `next()`, so that a source
 * that stalls could not be let go of.
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
        // Nobody wants what was held back of a sound that was left, nor to hear that the source broke off: that is the echo of it.
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
