/** The form of a filter: a pure step, and a value that makes one for each stream. */
import { must } from '../../checks/check.js';
import { liftPcm } from './lift.js';
import { joined, PcmReader, toPcm } from './numbers.js';
import type { PcmOperator, PcmPiece, PieceStep } from './piece.js';

/**
 * A pure step over the sound of one stream: 48 kHz, left and right interleaved, from -1 to 1 (louder is allowed; clipping happens
 * at the end of the chain, not between two filters). It holds the state, so each stream has its own.
 *
 * ```
 * samples   a---b---c---|         any number of whole pairs at a time
 * step      A---B-------C+tail    the same, less, more, or nothing (length 0)
 * ```
 */
export interface PcmStep {
  /**
   * Processes these samples. The step owns the array until it returns: it may change it in place and return it, but must copy what
   * it wants to keep. The caller owns the returned array.
   */
  step(samples: Float32Array): Float32Array;
  /** Returns what the step still holds at the end of the stream: a look-ahead, an echo. After it, only `free` is called. */
  flush?(): Float32Array;
  /** True once the sound has ended here, whatever comes: after a fade-out, for example. Then the stream ends, and its source is released. */
  readonly over?: boolean;
  /** Releases what it holds, such as the subscription to an Observable of its parameters. Called once, however the stream ends. */
  free?(): void;
}

/**
 * A filter as a value. It can be used any number of times; each stream has its own step.
 *
 * ```ts
 * pcm$.pipe(volume(0.5), encodeOpus());        // an operator
 * encodeOpus()(volume(0.5)(blocks));           // a map of iterables, sync and async
 * chain(equalizer(bands), volume(0.5));        // a part of a longer one
 * ```
 */
export interface PcmFilter extends PcmOperator<Int16Array> {
  /** Makes a step for a new stream. */
  start(): PcmStep;
}

/** Throws if the value is not a filter. */
export const filterCheck = must('a PcmFilter, such as volume(0.5) or chain()', (value) => typeof value === 'function' && 'start' in value);

/**
 * Makes a filter from a function that makes its step. The pieces may be cut anywhere, and have any length. The output fits into
 * 16 bits: louder samples are clipped (saturation), and NaN becomes silence.
 *
 * ```ts
 * const swapped = pcmFilter(() => ({
 *   step: (samples) => samples.map((_, i) => samples[i ^ 1]!),
 * }));
 * ```
 */
export function pcmFilter(start: () => PcmStep): PcmFilter {
  return Object.assign(
    liftPcm<Int16Array>(() => new FilteredPcm(start())),
    { start },
  );
}

/** Adapts a step of floats to a step of pieces. */
class FilteredPcm implements PieceStep<Int16Array> {
  readonly #reader = new PcmReader();
  readonly #step: PcmStep;

  constructor(step: PcmStep) {
    this.#step = step;
  }

  get over(): boolean {
    return this.#step.over === true;
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

/** Empty results give no piece. */
function* given(samples: Float32Array): Generator<Int16Array, void> {
  if (samples.length > 0) yield toPcm(samples);
}

/**
 * Several filters as one, applied in this order. Between them nothing is rounded or clipped, and the sound is converted only once:
 * `chain(a, b)` does the same as `pipe(a, b)`, but better. With no filters it changes nothing.
 */
export function chain(...filters: readonly PcmFilter[]): PcmFilter {
  return pcmFilter(() => new ChainStep(startAll(filters)));
}

/** Starts all or none: if one cannot be started, the others are freed. */
function startAll(filters: readonly PcmFilter[]): readonly PcmStep[] {
  const steps: PcmStep[] = [];
  try {
    for (const filter of filters) steps.push(filter.start());
    return steps;
  } catch (error) {
    for (const step of steps) step.free?.();
    throw error;
  }
}

class ChainStep implements PcmStep {
  readonly #steps: readonly PcmStep[];

  constructor(steps: readonly PcmStep[]) {
    this.#steps = steps;
  }

  get over(): boolean {
    return this.#steps.some(({ over }) => over === true);
  }

  step(samples: Float32Array): Float32Array {
    return this.#from(0, samples);
  }

  /** What a step held passes through the steps after it before those are flushed. */
  flush(): Float32Array {
    const pieces = this.#steps.map((step, i) => this.#from(i + 1, step.flush?.() ?? NOTHING));
    return joined(pieces);
  }

  free(): void {
    for (const step of this.#steps) step.free?.();
  }

  #from(first: number, samples: Float32Array): Float32Array {
    let result = samples;
    for (let i = first; i < this.#steps.length && result.length > 0; i++) result = this.#steps[i]!.step(result);
    return result;
  }
}

const NOTHING = new Float32Array(0);
