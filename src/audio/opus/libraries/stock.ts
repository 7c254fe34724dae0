/** Things held ready that can only be made asynchronously. */

export class Stock<T> {
  readonly #make: () => Promise<T>;
  readonly #ready: T[] = [];

  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  /** Makes so many. */
  async fill(items: number): Promise<void> {
    this.#ready.push(...(await Promise.all(Array.from({ length: items }, this.#make))));
  }

  /** One of them, which is made good; undefined where there is none left. */
  take(): T | undefined {
    const item = this.#ready.shift();
    // Should it fail, there is one less, and in the end none: then that is told.
    if (item !== undefined) void this.fill(1).catch(() => undefined);
    return item;
  }
}
