/** Views of the memory where a cipher leaves its result. */

/** Packets are rarely longer; a longer result gets a new view each time. */
const USUAL_BYTES = 1_500;

/**
 * Keeps one view for each length instead of making one for each packet: a view costs more than the bytes in it, and each session would
 * make garbage fifty times a second.
 */
export class ResultViews {
  readonly #at: number;
  #heap: Uint8Array | undefined;
  #views: (Uint8Array | undefined)[] = [];

  /** @param at where the results begin in the memory */
  constructor(at: number) {
    this.#at = at;
  }

  /** The first `length` bytes of the result. When the memory has grown, `heap` is a new object, and new views are made. */
  of(heap: Uint8Array, length: number): Uint8Array {
    if (length > USUAL_BYTES) return heap.subarray(this.#at, this.#at + length);
    if (heap !== this.#heap) {
      this.#heap = heap;
      this.#views = new Array<undefined>(USUAL_BYTES + 1);
    }
    return (this.#views[length] ??= heap.subarray(this.#at, this.#at + length));
  }
}
