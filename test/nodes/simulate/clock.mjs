/** Virtual time for code that waits with schedulers and promises: runs all due actions, lets promises settle, then goes on to the next due time. */
import { Subscription } from 'rxjs';

export class Clock {
  #now = 0;
  /** A heap, ordered by time, then by order of insertion. */
  #heap = [];
  #order = 0;

  now() {
    return this.#now;
  }

  /** `schedule` of an RxJS scheduler; times are whole ms. */
  schedule(work, delay = 0, state = undefined) {
    return new Action(this, work).schedule(state, delay);
  }

  after(ms, work) {
    return this.schedule(() => work(), ms);
  }

  /** Advances the time to `to`. */
  async advance(to) {
    for (await settled(); this.#heap.length > 0 && this.#heap[0].at <= to; await settled()) {
      this.#now = this.#heap[0].at;
      while (this.#heap.length > 0 && this.#heap[0].at <= this.#now) this.#pop().run();
    }
    this.#now = to;
  }

  /** Advances the time until `holds()` is true, checked every 100 ms, for at most `most` ms. Resolves with whether it became true. */
  async until(holds, most) {
    for (const end = this.#now + most; this.#now < end; await this.advance(this.#now + 100)) if (holds()) return true;
    return holds();
  }

  enter(action, delay) {
    const entry = { at: Math.ceil(this.#now + Math.max(0, delay)), order: (this.#order += 1), run: () => action.run(entry) };
    action.entry = entry;
    let at = this.#heap.push(entry) - 1;
    for (let up = (at - 1) >> 1; at > 0 && before(entry, this.#heap[up]); at = up, up = (at - 1) >> 1) this.#swap(at, up);
  }

  #pop() {
    const [first] = this.#heap;
    const last = this.#heap.pop();
    if (this.#heap.length === 0) return first;
    this.#heap[0] = last;
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < this.#heap.length && before(this.#heap[child], this.#heap[least])) least = child;
      if (least === at) return first;
      this.#swap(at, least);
      at = least;
    }
  }

  #swap(a, b) {
    [this.#heap[a], this.#heap[b]] = [this.#heap[b], this.#heap[a]];
  }
}

/** An action of an RxJS scheduler: it can be scheduled again, and unsubscribed. */
class Action extends Subscription {
  entry = undefined;
  #clock;
  #work;
  #state;

  constructor(clock, work) {
    super();
    this.#clock = clock;
    this.#work = work;
  }

  schedule(state, delay = 0) {
    this.#state = state;
    if (!this.closed) this.#clock.enter(this, delay);
    return this;
  }

  run(entry) {
    if (this.closed || this.entry !== entry) return;
    this.entry = undefined;
    this.#work.call(this, this.#state);
    if (this.entry === undefined) this.unsubscribe();
  }
}

function before(a, b) {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Resolves when all promises have settled that need no further time. */
function settled() {
  return new Promise(setImmediate);
}
