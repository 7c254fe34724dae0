/** Views of where a cipher leaves its result. */

/** Packets are hardly longer: of what is, each result has a view of its own. */
const USUAL_BYTES = 1_500;

/**
 * For each length there is one view, and not one for each packet: it costs more than what is in it, and fifty a second of each session are
 * to be collected again.
 */
export class ResultViews {
  readonly #at: number;
  #heap: Uint8Array | undefined;
  #views: (Uint8Array | undefined)[] = [];

  /** @param at where in the memory the results begin */
  constructor(at: number) {
    this.#at = at;
  }

  /** The first `length` bytes of the result. A memory that has grown is another one. */
  of(heap: Uint8Array, length: number): Uint8Array {
    if (length > USUAL_BYTES) return heap.subarray(this.#at, this.#at + length);
    if (heap !== this.#heap) {
      this.#heap = heap;
      this.#views = new Array<undefined>(USUAL_BYTES + 1);
    }
    return (this.#views[length] ??= heap.subarray(this.#at, this.#at + length));
  }
}
