/** Simulates NATS with its two buckets, as nodes and bots use them: requests take time, entries expire, watches are notified, traffic is counted. */

/** Round trip within a data centre in ms, including a stored write. */
const ROUND_TRIP_MS = 2;
/**
 * Bytes of a message besides its value: the verb, subject, reply subject, headers and the store's acknowledgement. No client counts them (`stats()`
 * has only payloads). By the text of the protocol, with ids as long as ours, a PUB of `$KV.rxvoice-sessions.BOT.GUILD` with its inbox and its
 * `Nats-Expected-Last-Subject-Sequence`, and a message to a watch with its `$JS.ACK` of seven parts, have 150 to 250 bytes.
 */
const OVERHEAD_BYTES = 200;
const TIMEOUT_MS = 2_000;

export class Nats {
  up = true;
  /** Per whole second: messages, bytes, and requests to the store. */
  seconds = new Map();
  #clock;

  constructor(clock) {
    this.#clock = clock;
  }

  count(messages, bytes, requests = 0) {
    const second = Math.floor(this.#clock.now() / 1_000);
    const sum = this.seconds.get(second) ?? { messages: 0, bytes: 0, requests: 0 };
    this.seconds.set(second, { messages: sum.messages + messages, bytes: sum.bytes + bytes, requests: sum.requests + requests });
  }

  /** Resolves with the server's answer after a round trip; rejects if the server is away. */
  request(answer, bytes = 0) {
    if (this.up) this.count(2, 2 * OVERHEAD_BYTES + bytes, 1);
    return new Promise((resolve, reject) => {
      const { up } = this;
      this.#clock.after(up ? ROUND_TRIP_MS : TIMEOUT_MS, () => {
        if (!up || !this.up) return reject(new Error('timeout'));
        try {
          resolve(answer());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** A bucket whose entries expire after `ttl` ms; 0: never. */
  bucket(ttl) {
    return new SimulatedBucket(this, this.#clock, ttl);
  }

  /** The same bucket for a process that may die: then its requests are never answered. */
  static seenBy(bucket, alive) {
    const whileAlive = (promise) => new Promise((resolve, reject) => promise.then((value) => alive() && resolve(value), (error) => alive() && reject(error)));
    const asked = (name) => (...args) => (alive() ? whileAlive(bucket[name](...args)) : new Promise(() => undefined));
    return { get: asked('get'), create: asked('create'), update: asked('update'), delete: asked('delete'), watch: asked('watch'), next: asked('next') };
  }
}

class SimulatedBucket {
  #nats;
  #clock;
  #ttl;
  #entries = new Map();
  /** The entries in order of revision, as a cache until the next write. */
  #inOrder;
  #watches = new Set();
  #revision = 0;

  constructor(nats, clock, ttl) {
    this.#nats = nats;
    this.#clock = clock;
    this.#ttl = ttl;
  }

  get(key) {
    return this.#nats.request(() => this.#live(key) ?? null);
  }

  create(key, value) {
    return this.#nats.request(() => this.#put(key, value, this.#live(key) === undefined), value.length);
  }

  update(key, value, revision) {
    return this.#nats.request(() => this.#put(key, value, this.#live(key)?.revision === revision), value.length);
  }

  async delete(key, { previousSeq }) {
    await this.#nats.request(() => {
      if (this.#live(key)?.revision !== previousSeq) throw new Error('wrong last sequence');
      this.#entries.delete(key);
      this.#inOrder = undefined;
      this.#tell({ key, value: new Uint8Array(0), revision: (this.#revision += 1), operation: 'DEL' });
    });
  }

  /** The first entry of that revision or a later one. */
  next(revision) {
    return this.#nats.request(() => this.#next(revision));
  }

  watch() {
    return this.#nats.request(() => {
      const watch = new Watch(() => this.#watches.delete(watch));
      this.#watches.add(watch);
      const entries = [...this.#entries.keys()].map((key) => this.#live(key)).filter((entry) => entry !== undefined);
      for (const [i, entry] of entries.entries()) {
        this.#nats.count(1, OVERHEAD_BYTES + entry.value.length);
        watch.push({ ...entry, delta: entries.length - 1 - i });
      }
      return watch;
    });
  }

  /** The server is gone: watches get no entries any more, and are not notified of that. */
  deafen() {
    this.#watches.clear();
  }

  /** A binary search. A written entry moves to the end of the map, so the entries are in order of revision. */
  #next(revision) {
    let keys = this.#inOrder;
    if (keys === undefined) keys = this.#inOrder = [...this.#entries.values()];
    let [low, high] = [0, keys.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (keys[middle].revision < revision) low = middle + 1;
      else high = middle;
    }
    while (low < keys.length && this.#live(keys[low].key) === undefined) low += 1;
    return keys[low] ?? null;
  }

  #live(key) {
    const entry = this.#entries.get(key);
    if (entry !== undefined && this.#ttl > 0 && entry.at + this.#ttl <= this.#clock.now()) this.#entries.delete(key);
    return this.#entries.get(key);
  }

  #put(key, value, allowed) {
    if (!allowed) throw new Error('wrong last sequence');
    const entry = { key, value, revision: (this.#revision += 1), operation: 'PUT', at: this.#clock.now() };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    this.#inOrder = undefined;
    this.#tell(entry);
    return entry.revision;
  }

  #tell(entry) {
    this.#nats.count(this.#watches.size, this.#watches.size * (OVERHEAD_BYTES + entry.value.length));
    for (const watch of this.#watches) watch.push({ ...entry, delta: 0 });
  }
}

class Watch {
  #waiting = [];
  #wake = undefined;
  #over = false;
  #gone;

  constructor(gone) {
    this.#gone = gone;
  }

  push(entry) {
    this.#waiting.push(entry);
    this.#wake?.();
  }

  stop() {
    this.#over = true;
    this.#gone();
    this.#wake?.();
  }

  async *[Symbol.asyncIterator]() {
    while (!this.#over) {
      const entries = this.#waiting;
      this.#waiting = [];
      for (const entry of entries) yield entry;
      if (this.#waiting.length === 0 && !this.#over) await new Promise((resolve) => (this.#wake = resolve));
    }
  }
}
