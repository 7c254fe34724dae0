/** What is done to the sound of a deck, and may be changed while it is heard. */
import { Crossing } from '../../steps/crossing.js';
import { chain, type PcmFilter, type PcmStep } from '../../steps/step.js';

const NOTHING = new Float32Array(0);

/**
 * Filters in a row. Others take their place by crossing over within 20 ms, so that nothing clicks and nothing of the sound is lost; what is
 * wanted meanwhile begins when that is over, and only the last of it.
 */
export class FilterChain {
  #filters: readonly PcmFilter[];
  /** None where there are no filters. */
  #step: PcmStep | undefined;
  #crossing: Crossing | undefined;
  #wanted: readonly PcmFilter[] | undefined;

  /** Throws what the start of a filter throws. */
  constructor(filters: readonly PcmFilter[]) {
    this.#filters = filters;
    this.#step = started(filters);
  }

  /** The sound is left as it is, and nothing of it is held back. */
  get idle(): boolean {
    return this.#step === undefined && this.#wanted === undefined;
  }

  /** A filter has ended the sound. */
  get over(): boolean {
    return this.#step?.over === true;
  }

  /** Others from here on. */
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

  /** What is wanted begins, beside what is heard. */
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
