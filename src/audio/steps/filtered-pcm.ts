/** A step of floats as a step of pieces. */
import type { PcmPiece, PieceStep } from './lift.js';
import { PcmReader, toPcm } from './numbers.js';
import type { PcmStep } from './step.js';

export class FilteredPcm implements PieceStep<Int16Array> {
  readonly #reader = new PcmReader();
  readonly #step: PcmStep;

  constructor(step: PcmStep) {
    this.#step = step;
  }

  *push(piece: PcmPiece): Generator<Int16Array, void> {
    const samples = this.#reader.read(piece);
    if (samples.length > 0) yield* given(this.#step.step(samples));
  }

  *flush(): Generator<Int16Array, void> {
    const rest = this.#step.flush?.();
    if (rest !== undefined) yield* given(rest);
  }

  free(): void {
    this.#step.free?.();
  }
}

/** Nothing is no piece. */
function* given(samples: Float32Array): Generator<Int16Array, void> {
  if (samples.length > 0) yield toPcm(samples);
}
