/** A queue that is bounded in bytes. */

/** The cost of an entry besides its audio. */
const OVERHEAD_BYTES = 128;
/** Removed entries at the front that are tolerated before the array is compacted. */
const COMPACT_AFTER = 512;

export class BoundedQueue<T extends { readonly audio: ArrayBufferView }> {
  readonly #limit: number;
  #items: T[] = [];
  #head = 0;
  #bytes = 0;

  /** @param limit in bytes; an empty queue accepts one entry of any size */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes of the queued audio, plus 128 for each entry. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns false, and adds nothing, if there is no room. */
  push(item: T): boolean {
    const cost = item.audio.byteLength + OVERHEAD_BYTES;
    if (this.#bytes > 0 && this.#bytes + cost > this.#limit) return false;
    this.#items.push(item);
    this.#bytes += cost;
    return true;
  }

  get first(): T | undefined {
    return this.#items[this.#head];
  }

  shift(): void {
    const item = this.first;
    if (item === undefined) return;
    this.#bytes -= item.audio.byteLength + OVERHEAD_BYTES;
    this.#head += 1;
    if (this.#head < COMPACT_AFTER && this.#head < this.#items.length) return;
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
