/** A queue of frames of several sources, with notifications between them. */

export type ReadAheadItem =
  | { readonly type: 'frame'; readonly frame: unknown }
  /** The first frame of a source follows. */
  | { readonly type: 'turn'; readonly index: number }
  /** A source could not be read; nothing follows a failure that is final. */
  | { readonly type: 'failure'; readonly error: unknown; readonly index: number; readonly final: boolean };

export class ReadAhead {
  #items: ReadAheadItem[] = [];
  #frames = 0;
  /** Whether a frame of the first source in the queue was already given. */
  #begun = false;

  get length(): number {
    return this.#items.length;
  }

  get frames(): number {
    return this.#frames;
  }

  push(frame: unknown): void {
    this.#items.push({ type: 'frame', frame });
    this.#frames += 1;
  }

  turn(index: number): void {
    this.#items.push({ type: 'turn', index });
  }

  fail(error: unknown, index: number, final: boolean): void {
    this.#items.push({ type: 'failure', error, index, final });
  }

  shift(): ReadAheadItem | undefined {
    const item = this.#items.shift();
    if (item?.type === 'frame') this.#frames -= 1;
    this.#begun = item?.type === 'turn' || (this.#begun && item?.type !== 'failure');
    return item;
  }

  /** Drops the rest of the source that is heard or is next. Returns false if more of that source is still to be read. */
  skip(): boolean {
    // The queue may begin with the turn of that source.
    const first = !this.#begun && this.#items[0]?.type === 'turn' ? 1 : 0;
    const next = this.#items.findIndex(({ type }, i) => i >= first && type !== 'frame');
    this.#items = next < 0 ? [] : this.#items.slice(next);
    this.#frames = this.#items.filter(({ type }) => type === 'frame').length;
    this.#begun = false;
    return next >= 0;
  }

  clear(): void {
    this.#items = [];
    this.#frames = 0;
  }
}
