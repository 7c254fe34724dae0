/** Runs actions one after the other, also when one is asked for from within another: a client may answer while it is sent to. */
export class Serial {
  readonly #waiting: (() => void)[] = [];
  #running = false;
  #closed = false;

  /** @param afterEach runs behind every action */
  constructor(private readonly afterEach: () => void) {}

  /** Now, or when the action that runs is done; not at all once closed. */
  run(action: () => void): void {
    this.#waiting.push(action);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined && !this.#closed; next = this.#waiting.shift()) {
        next();
        this.afterEach();
      }
    } finally {
      this.#running = false;
    }
  }

  /** What waits is forgotten. */
  close(): void {
    this.#closed = true;
  }
}
