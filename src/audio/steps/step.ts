/** What a filter of sound is: a pure step, and a value that makes one for each stream. */
import { must } from '../../checks/check.js';
import { liftPcm } from './lift.js';
import { joined, PcmReader, toPcm } from './numbers.js';
import type { PcmOperator, PcmPiece, PieceStep } from './piece.js';

/**
 * A pure step over the sound of one stream: 48 kHz, left and right interleaved, from -1 to 1 (louder is allowed; it is cut off
 * at the end of the chain, not between two filters). State lives in it, so each stream has its own.
 *
 * ```
 * samples   a---b---c---|         any number of whole pairs at a time
 * step      A---B-------C+tail    the same, less, more, or nothing (length 0)
 * ```
 */
export interface PcmStep {
  /**
   * What these samples become. The array is the step's until it returns: it may be changed in place and returned; to keep something
   * of it, copy it. What is returned is the caller's.
   */
  step(samples: Float32Array): Float32Array;
  /** What is still in it at the end of the stream: a look-ahead, an echo. Nothing is asked of it afterwards but `free`. */
  flush?(): Float32Array;
  /** True once the sound is at its end here, whatever comes: after a fade out, for instance. The stream ends then, its source is let go of. */
  readonly over?: boolean;
  /** Lets go of what it holds, such as the subscription to an Observable of its parameters. Called once, however the stream ends. */
  free?(): void;
}

/**
 * A filter as a value. It can be used any number of times; each stream has a step of its own.
 *
 * ```ts
 * pcm$.pipe(volume(0.5), encodeOpus());        // an operator
 * encodeOpus()(volume(0.5)(blocks));           // a map of iterables, sync and async
 * chain(equalizer(bands), volume(0.5));        // a part of a longer one
 * ```
 */
export interface PcmFilter extends PcmOperator<Int16Array> {
  /** A step for a new stream. */
  start(): PcmStep;
}

/** Throws unless what it is given is a filter. */
export const filterCheck = must('a PcmFilter, such as volume(0.5) or chain()', (value) => typeof value === 'function' && 'start' in value);

/**
 * A filter of one's own, from what makes its step. The pieces that it is given may be cut anywhere, and have any length; no sample
 * of its output is beyond 16 bits: what is louder is cut off (saturation), what is no number is silent.
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

/** A step of floats as a step of pieces. */
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

/** Nothing is no piece. */
function* given(samples: Float32Array): Generator<Int16Array, void> {
  if (samples.length > 0) yield toPcm(samples);
}

/**
 * Several filters as one, in the order of the sound. Between them nothing is rounded or cut off, and the sound is converted once:
 * `chain(a, b)` is what `pipe(a, b)` is, but better. Of none it changes nothing.
 */
export function chain(...filters: readonly PcmFilter[]): PcmFilter {
  return pcmFilter(() => new ChainStep(startAll(filters)));
}

/** All or none: what was begun is let go of when one of them cannot be. */
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

  /** What the first one held goes through the others before they are asked for what they hold. */
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
