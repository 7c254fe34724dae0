/** Counters, and the source of random numbers. */

/** The largest number of events within one whole second, for each node and each region. */
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

/** Counts moves by rebalancing: in all, the most from one node within a second, and the most to one node at once. */
export class Given {
  total = 0;
  last = 0;
  mostFrom = 0;
  mostTo = 0;
  /** The shortest time in ms that a session was on a node before it moved. */
  shortest = Infinity;
  #begun = new Map();
  #to = new Map();

  begin(from, now) {
    const recent = (this.#begun.get(from) ?? []).filter((at) => at > now - 1_000);
    this.#begun.set(from, [...recent, now]);
    this.mostFrom = Math.max(this.mostFrom, recent.length + 1);
  }

  /** Counts a session that is moving to a node. Returns a function to call when it has arrived. */
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

/** A quantile of sorted numbers; 0 if there are none. */
export function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Random numbers from 0 to 1; a seed always gives the same ones (mulberry32). */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
