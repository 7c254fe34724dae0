/** A first-in first-out queue of at most `capacity` items, without shifting arrays. */
export class Ring<T> {
  readonly capacity: number;
  #items: (T | undefined)[] = [];
  #head = 0;
  #length = 0;

  /** @throws RangeError if `capacity` is below 1 or not a number */
  constructor(capacity: number) {
    if (!(capacity >= 1)) throw new RangeError(`a queue of frames holds at least one, but was to hold ${capacity}`);
    this.capacity = Math.floor(capacity);
  }

  get length(): number {
    return this.#length;
  }

  get full(): boolean {
    return this.#length >= this.capacity;
  }

  /** The caller must have checked that it is not full. */
  push(item: T): void {
    if (this.#length === this.#items.length) this.#grow();
    this.#items[(this.#head + this.#length) % this.#items.length] = item;
    this.#length += 1;
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.#items.length;
    this.#length -= 1;
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#head = 0;
    this.#length = 0;
  }

  /** Grows by doubling: a live session holds a handful of frames, not the maximum of 3 000. */
  #grow(): void {
    const size = Math.min(this.capacity, Math.max(8, this.#items.length * 2));
    const items = new Array<T | undefined>(size);
    for (let i = 0; i < this.#length; i++) items[i] = this.#items[(this.#head + i) % this.#items.length];
    this.#items = items;
    this.#head = 0;
  }
}
