/**
 * Two threads that share memory, in one: each is stopped before each of its looks at the counters, and goes on when the test says so. A stopped program
 * cannot be gone on with, so it runs anew from its beginning, and is given what it saw before.
 */

/**
 * What a program does from its beginning to its end; whatever it keeps to itself it has to make anew. What it does `freely` is no step of its own: it
 * goes with the first.
 */
export type Program = (freely: <T>(act: () => T) => T) => void;

class Stopped extends Error {}

const real = Atomics;

/** One program, step by step. */
class Stepped {
  readonly #program: Program;
  readonly #seen: number[] = [];
  done = false;

  constructor(program: Program) {
    this.#program = program;
  }

  /** As far as to its next look at the counters, and that; or to its end. */
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
 * @param begin makes what they share, and both; called once for each order
 * @param check what holds when both have come to their ends
 * @returns how many orders there were
 */
export function inEveryOrder<T>(begin: () => { readonly first: Program; readonly second: Program; readonly shared: T }, check: (shared: T, order: string) => void): number {
  let orders = 0;
  /** Those that begin so: what comes behind is first the one and then the other, as far as there is a choice. */
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
