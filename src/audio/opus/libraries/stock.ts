/** Keeps items ready that can only be made asynchronously. */

export class Stock<T> {
  readonly #make: () => Promise<T>;
  readonly #ready: T[] = [];

  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  /** Makes this many items. */
  async fill(items: number): Promise<void> {
    this.#ready.push(...(await Promise.all(Array.from({ length: items }, this.#make))));
  }

  /** Takes an item, which is replaced asynchronously; undefined if none is left. */
  take(): T | undefined {
    const item = this.#ready.shift();
    // If replacing fails, there is one item less. When none is left, the caller reports it.
    if (item !== undefined) void this.fill(1).catch(() => undefined);
    return item;
  }
}
