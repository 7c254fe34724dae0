/** The filters of a deck, which can be changed while it is heard. */
import { Crossing } from '../../steps/crossing.js';
import { chain, type PcmFilter, type PcmStep } from '../../steps/step.js';

const NOTHING = new Float32Array(0);

/**
 * Filters in a row. New filters take over with a crossfade of 20 ms, so that nothing clicks and no sound is lost. A change requested during
 * a crossfade begins after it; of several such requests only the last one counts.
 */
export class FilterChain {
  #filters: readonly PcmFilter[];
  /** Undefined if there are no filters. */
  #step: PcmStep | undefined;
  #crossing: Crossing | undefined;
  #wanted: readonly PcmFilter[] | undefined;

  /** Throws if the start of a filter throws. */
  constructor(filters: readonly PcmFilter[]) {
    this.#filters = filters;
    this.#step = started(filters);
  }

  /** Whether the sound stays unchanged, and nothing of it is held back. */
  get idle(): boolean {
    return this.#step === undefined && this.#wanted === undefined;
  }

  /** Whether a filter has ended the sound. */
  get over(): boolean {
    return this.#step?.over === true;
  }

  /** Replaces the filters from here on. */
  change(filters: readonly PcmFilter[]): void {
    this.#wanted = filters === this.#filters ? undefined : filters;
  }

  step(samples: Float32Array): Float32Array {
    if (this.#crossing === undefined && this.#wanted !== undefined) this.#turn(this.#wanted);
    if (this.#crossing === undefined) return this.#step?.step(samples) ?? samples;
    const result = this.#crossing.step(samples);
    if (this.#crossing.done) this.#arrive();
    return result;
  }

  flush(): Float32Array {
    return this.#crossing?.flush() ?? this.#step?.flush?.() ?? NOTHING;
  }

  free(): void {
    this.#crossing?.free();
    this.#step?.free?.();
  }

  /** Starts the requested filters, beside the current ones. */
  #turn(filters: readonly PcmFilter[]): void {
    this.#wanted = undefined;
    this.#filters = filters;
    const next = chain(...filters).start();
    this.#crossing = new Crossing(this.#step ?? chain().start(), next);
    this.#step = next;
  }

  #arrive(): void {
    this.#crossing = undefined;
    if (this.#filters.length > 0) return;
    this.#step?.free?.();
    this.#step = undefined;
  }
}

function started(filters: readonly PcmFilter[]): PcmStep | undefined {
  return filters.length === 0 ? undefined : chain(...filters).start();
}
