/**
 * Two threads that share memory, simulated in one: each stops before each look at the counters, and continues when the test says so. A
 * stopped program cannot be continued, so it is rerun from its beginning, and is given the values that it saw before.
 */

/**
 * A program from its beginning to its end; it must recreate all private state each time. What it does `freely` is not a step of its own: it
 * belongs to the first one.
 */
export type Program = (freely: <T>(act: () => T) => T) => void;

class Stopped extends Error {}

const real = Atomics;

/** One program, run step by step. */
class Stepped {
  readonly #program: Program;
  readonly #seen: number[] = [];
  done = false;

  constructor(program: Program) {
    this.#program = program;
  }

  /** Runs up to and including its next look at the counters, or to its end. */
  step(): void {
    let [at, steps, free] = [0, 0, 0];
    const access = (look: () => number): number => {
      if (at === this.#seen.length) {
        if (free === 0 && steps++ > 0) throw new Stopped();
        this.#seen.push(look());
      }
      return this.#seen[at++]!;
    };
    const freely = <T>(act: () => T): T => {
      free += 1;
      try {
        return act();
      } finally {
        free -= 1;
      }
    };
    const load = (memory: Int32Array, index: number): number => access(() => real.load(memory, index));
    const store = (memory: Int32Array, index: number, value: number): number => access(() => real.store(memory, index, value));
    globalThis.Atomics = Object.assign(Object.create(real) as typeof Atomics, { load, store });
    try {
      this.#program(freely);
      this.done = true;
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    } finally {
      globalThis.Atomics = real;
    }
  }
}

/**
 * Runs two programs in every order of their steps.
 *
 * @param begin creates the shared state and both programs; called once for each order
 * @param check verifies what must hold when both programs have ended
 * @returns the number of orders
 */
export function inEveryOrder<T>(begin: () => { readonly first: Program; readonly second: Program; readonly shared: T }, check: (shared: T, order: string) => void): number {
  let orders = 0;
  /** Explores all orders with this prefix: while there is a choice, both continuations are tried. */
  const explore = (prefix: string): void => {
    const { first, second, shared } = begin();
    const [a, b] = [new Stepped(first), new Stepped(second)];
    for (const who of prefix) (who === 'a' ? a : b).step();
    if (!a.done && !b.done) {
      explore(`${prefix}a`);
      explore(`${prefix}b`);
      return;
    }
    while (!a.done) a.step();
    while (!b.done) b.step();
    orders += 1;
    check(shared, prefix);
  };
  explore('');
  return orders;
}
