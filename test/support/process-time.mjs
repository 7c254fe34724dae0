/**
 * Loaded ahead of everything else (`node --import`), or as the first import of a thread: gives it a clock that stands still where it does itself. For processes and threads that tests
 * begin on machines that have other things to do. See process-time.ts, which is the same for sessions that are given a scheduler.
 *
 * `performance.now`, `Date.now` and the global timers are of that clock; sockets, files and what Node does by itself are not.
 */

/** ms from one look at the real clock to the next. Sockets are read in between. */
const EVERY_MS = 5;
/** ms by which time goes on at most from one look to the next. */
const AT_MOST_MS = 20;

const real = { now: performance.now.bind(performance), setInterval, clearInterval, clearTimeout, setImmediate };
const { timeOrigin } = performance;

let time = real.now();
let looked = time;
/** Goes on between looks as well: what computes can tell for how long it has. */
const now = () => time + Math.min(real.now() - looked, AT_MOST_MS);

/** By when they are due, those of one time in the order in which they were set. */
const due = [];
let running = false;

class Timer {
  #work;
  #ms;
  #again;
  #ref = true;
  at = 0;

  constructor(work, ms, again) {
    this.#work = work;
    this.#ms = ms >= 1 ? Math.trunc(ms) : 1;
    this.#again = again;
    this.#set(now());
  }

  run() {
    if (this.#again) this.#set(time);
    this.#work();
  }

  #set(from) {
    this.at = from + this.#ms;
    const index = due.findLastIndex(({ at }) => at <= this.at);
    due.splice(index + 1, 0, this);
    keepAlive();
  }

  close() {
    const index = due.indexOf(this);
    if (index >= 0) due.splice(index, 1);
    this.#again = false;
    keepAlive();
    return this;
  }

  refresh() {
    const index = due.indexOf(this);
    if (index >= 0) due.splice(index, 1);
    this.#set(now());
    return this;
  }

  ref() {
    this.#ref = true;
    keepAlive();
    return this;
  }

  unref() {
    this.#ref = false;
    keepAlive();
    return this;
  }

  hasRef() {
    return this.#ref;
  }

  [Symbol.dispose ?? Symbol('dispose')]() {
    this.close();
  }
}

/** One at a time, with a whole turn of the event loop for each: microtasks and sockets come in between, as they do with timers of Node. */
function runDue() {
  const timer = due[0];
  running = timer !== undefined && timer.at <= time;
  if (!running) return keepAlive();
  due.shift();
  real.setImmediate(runDue);
  timer.run();
}

const looks = real.setInterval(() => {
  const at = real.now();
  time += Math.min(at - looked, AT_MOST_MS);
  looked = at;
  if (!running) runDue();
}, EVERY_MS);
looks.unref();

/** Whatever is set keeps the process alive, unless it was told not to. */
function keepAlive() {
  if (due.some((timer) => timer.hasRef())) looks.ref();
  else looks.unref();
}

performance.now = now;
Date.now = () => Math.floor(timeOrigin + now());
globalThis.setTimeout = (work, ms, ...args) => new Timer(() => work(...args), ms, false);
globalThis.setInterval = (work, ms, ...args) => new Timer(() => work(...args), ms, true);
globalThis.clearTimeout = globalThis.clearInterval = (timer) => (timer instanceof Timer ? timer.close() : real.clearTimeout(timer));
