/** Measures for how long a busy machine lets processes wait for a core. A process that is not run is late, whatever its code does. */
import { readdirSync, readFileSync } from 'node:fs';

const TICK_MS = 10;
/** ms that a timer may be late on an idle machine. */
const USUAL_MS = 5;
const WINDOW_MS = 1_000;
/** ms between two looks at how long other processes have waited. */
const LOOK_MS = 50;

export class Stillness {
  #waits = [];
  /** For each look: how long this process stood still, and each watched process waited, since the previous look. */
  #looks = [];
  #looked = performance.now();
  #still = 0;
  #watched;
  /** By process: how long its threads have waited since they started. */
  #waited = new Map();
  #timer;

  /** @param watched returns the ids of processes, in groups by what they do; called at each look */
  constructor(watched = () => ({})) {
    this.#watched = watched;
    let before = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      const ms = now - before - TICK_MS;
      if (ms > USUAL_MS) this.#waits.push({ at: now, ms });
      this.#still += Math.max(0, ms);
      before = now;
      if (now - this.#looked >= LOOK_MS) this.#look(now);
    }, TICK_MS);
  }

  /** ms for which this process stood still since `then`. */
  since(then) {
    return this.#waits.reduce((sum, { at, ms }) => sum + (at >= then ? ms : 0), 0);
  }

  /** ms for which this process stood still in the worst second since `since`. */
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

  /**
   * ms between two times in which this process stood still, or a process that it waits for was ready to run and had no core.
   *
   * @param through the groups whose processes do the awaited work one after the other, so that their waiting times add up
   * @param oneOf a group of which only one process does the work; the one that waited most counts
   */
  between(from, to, { through = [], oneOf }) {
    const looks = this.#looks.filter(({ at, before }) => at > from && before < to);
    const waited = (counts) => looks.reduce((sum, { at, before, still, waits }) => {
      const ms = waits.reduce((all, wait) => all + (counts(wait) ? wait.ms : 0), still);
      return sum + Math.min(ms, Math.min(at, to) - Math.max(before, from));
    }, 0); // prettier-ignore
    const ones = looks.flatMap(({ waits }) => waits.filter(({ group }) => group === oneOf).map(({ id }) => id));
    return Math.max(...[...new Set(ones), undefined].map((one) => waited(({ group, id }) => through.includes(group) || id === one)));
  }

  close() {
    clearInterval(this.#timer);
  }

  #look(at) {
    const waits = [];
    for (const [group, ids] of Object.entries(this.#watched())) {
      for (const id of ids) {
        const before = this.#waited.get(id);
        const now = waitedFor(id);
        this.#waited.set(id, now);
        const ms = before === undefined ? 0 : Math.max(0, ...[...now].map(([thread, all]) => all - (before.get(thread) ?? all)));
        if (ms > 0) waits.push({ group, id, ms });
      }
    }
    if (this.#still > 0 || waits.length > 0) this.#looks.push({ at, before: this.#looked, still: this.#still, waits });
    [this.#looked, this.#still] = [at, 0];
  }
}

/** ms for which each thread of a process was ready to run and had no core. Only on Linux; elsewhere, or if the process is gone, empty. */
function waitedFor(id) {
  try {
    return new Map(readdirSync(`/proc/${id}/task`).map((thread) => [thread, Number(readFileSync(`/proc/${id}/task/${thread}/schedstat`, 'utf8').split(' ')[1]) / 1e6]));
  } catch {
    return new Map();
  }
}
