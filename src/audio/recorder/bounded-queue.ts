/** A queue that is bounded in bytes. */

/** What an entry costs besides its audio. */
const OVERHEAD_BYTES = 128;
/** Taken entries at the front that are tolerated before the rest moves up. */
const COMPACT_AFTER = 512;

export class BoundedQueue<T extends { readonly audio: ArrayBufferView }> {
  readonly #limit: number;
  #items: T[] = [];
  #head = 0;
  #bytes = 0;

  /** @param limit in bytes; an empty queue takes one entry of any size */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Bytes of the audio in it, and 128 for each entry. */
  get bytes(): number {
    return this.#bytes;
  }

  /** False, and nothing added, when there is no room. */
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
