/** For how long a machine that has other things to do lets a process wait: what it does not run is late, whatever the code is. */

const TICK_MS = 10;
/** ms that a timer may be late on a machine that has nothing else to do. */
const USUAL_MS = 5;
const WINDOW_MS = 1_000;

export class Stillness {
  #waits = [];
  #timer;

  constructor() {
    let before = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      const ms = now - before - TICK_MS;
      if (ms > USUAL_MS) this.#waits.push({ at: now, ms });
      before = now;
    }, TICK_MS);
  }

  /** ms of waiting since then. */
  since(then) {
    return this.#waits.reduce((sum, { at, ms }) => sum + (at >= then ? ms : 0), 0);
  }

  /** ms of waiting in the worst second since then. */
  worstSecond(since) {
    let [first, sum, worst] = [0, 0, 0];
    const waits = this.#waits.filter(({ at }) => at >= since);
    for (const { at, ms } of waits) {
      sum += ms;
      while (waits[first].at < at - WINDOW_MS) sum -= waits[first++].ms;
      worst = Math.max(worst, sum);
    }
    return worst;
  }

  close() {
    clearInterval(this.#timer);
  }
}
