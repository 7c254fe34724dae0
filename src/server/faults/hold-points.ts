/** Actions that a fault can hold back: nothing is lost, it only comes late, or never. */
export class Gate<Key extends string> {
  readonly #held = new Map<Key, (() => void)[]>();

  /** Runs the action now, or when the key is let go. */
  pass(key: Key, action: () => void): void {
    const held = this.#held.get(key);
    if (held === undefined) action();
    else held.push(action);
  }

  /** Holds back what passes from now on; `false` lets go, in the order it came. */
  hold(key: Key, on: boolean): void {
    if (on) {
      if (!this.#held.has(key)) this.#held.set(key, []);
      return;
    }
    const held = this.#held.get(key) ?? [];
    this.#held.delete(key);
    for (const action of held) action();
  }
}
