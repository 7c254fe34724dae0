/** What is counted, and where chance comes from. */

/** How many of each within a whole second, at most. */
export class Peaks {
  #counts = { node: new Map(), region: new Map() };

  note(now, node, region) {
    const second = Math.floor(now / 1_000);
    this.#add('node', `${second} ${node}`);
    this.#add('region', `${second} ${region}`);
  }

  peak(what) {
    return this.#counts[what].size === 0 ? 0 : [...this.#counts[what].values()].reduce((most, count) => Math.max(most, count));
  }

  #add(what, key) {
    this.#counts[what].set(key, (this.#counts[what].get(key) ?? 0) + 1);
  }
}

/** Moves from nodes that have too much: how many, from one node within a second, and to one node at once. */
export class Given {
  total = 0;
  last = 0;
  mostFrom = 0;
  mostTo = 0;
  /** ms that a session was where it went from, at least. */
  shortest = Infinity;
  #begun = new Map();
  #to = new Map();

  begin(from, now) {
    const recent = (this.#begun.get(from) ?? []).filter((at) => at > now - 1_000);
    this.#begun.set(from, [...recent, now]);
    this.mostFrom = Math.max(this.mostFrom, recent.length + 1);
  }

  /** On its way there; returns what is called when it has come. */
  comes(to) {
    const under = (this.#to.get(to) ?? 0) + 1;
    this.#to.set(to, under);
    this.mostTo = Math.max(this.mostTo, under);
    return () => this.#to.set(to, this.#to.get(to) - 1);
  }

  end(gone, now) {
    if (!gone) return;
    this.total += 1;
    this.last = now;
  }

  note(ms) {
    this.shortest = Math.min(this.shortest, ms);
  }

  clear() {
    this.shortest = Infinity;
    this.total = this.last = this.mostFrom = this.mostTo = 0;
  }
}

/** Of numbers in their order; 0 where there are none. */
export function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Numbers from 0 to 1, the same of each seed (mulberry32). */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
