/** Runs actions one after the other, also if one is requested within another: a client may answer while a message is being sent to it. */
export class Serial {
  readonly #waiting: (() => void)[] = [];
  #running = false;
  #closed = false;

  /** @param afterEach runs after every action */
  constructor(private readonly afterEach: () => void) {}

  /** Runs the action now, or after the running one; never after `close`. */
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

  /** Drops the waiting actions. */
  close(): void {
    this.#closed = true;
  }
}
