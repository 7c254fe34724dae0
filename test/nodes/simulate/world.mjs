/** Simulates a fleet and its bots in virtual time, and the events that affect them. */
import { BehaviorSubject } from 'rxjs';
import { SimulatedBot, Song } from './bot.mjs';
import { Clock } from './clock.mjs';
import { Nats } from './nats.mjs';
import { SimulatedNode } from './node.mjs';
import { Given, Peaks, quantile, seeded } from './measures.mjs';

export const DEFAULTS = { nodes: 1_000, songs: 100, bots: 40, capacity: 500, joins: 16, moves: 4, lease: 20_000, silentAfter: 6_000, patience: 10_000, handshake: 90, regions: 15, surge: 0.25, away: 10_000, drawn: 2, rebalance: 0, unlike: 0, added: 0.11, watched: 900_000, lasting: 600_000, seed: 1 };

/** Standard deviation of the logarithm of a handshake's duration: a tenth of them take 1.5 times the median or longer. */
const SPREAD = 0.32;

/** @param parts the project's own code: NodeTable, place, Lease, Claims, Residents, Turns, owned, SessionMoved, rebalanced$, drawPeer and Arriving */
export class World {
  clock = new Clock();
  nats = new Nats(this.clock);
  nats$ = new BehaviorSubject(true);
  nodes = new Map();
  /** All nodes, including those that have gone but that bots may still know. */
  known = new Map();
  /** Links to a node, by its id. */
  followed = new Map();
  bots = [];
  songs = [];
  faults = [];
  joins = new Peaks();
  /** Moves by rebalancing. */
  given = new Given();
  random;
  parts;
  settings;
  buckets;
  #gaps = [];
  #moves = new Map();
  #number = 0;

  constructor(parts, settings = {}) {
    this.parts = parts;
    this.settings = { ...DEFAULTS, ...settings };
    this.random = seeded(this.settings.seed);
    this.buckets = { lease: this.settings.lease, nodes: this.nats.bucket(this.settings.lease), sessions: this.nats.bucket(0) };
  }

  /** A random duration of a handshake in ms, log-normal around the median. */
  handshake = () => this.settings.handshake * Math.exp(SPREAD * Math.sqrt(-2 * Math.log(1 - this.random())) * Math.cos(2 * Math.PI * this.random()));

  moved(song) {
    this.#moves.set(song, (this.#moves.get(song) ?? 0) + 1);
  }

  heard(_, gap) {
    this.#gaps.push(gap);
  }

  lost(song) {
    this.faults.push(`the song of guild ${song.guild} has ended`);
  }

  /** @param phase when each node starts, as a share of the time between two renewals. Default: at random times, like machines. */
  async begin(phase = this.random) {
    const { nodes, bots, songs, regions } = this.settings;
    for (let i = 0; i < nodes; i += 1) this.clock.after(phase(i) * (this.settings.lease / 8), () => this.#newNode());
    await this.clock.advance(this.settings.lease / 8 + 10);
    this.bots = Array.from({ length: bots }, (_, i) => new SimulatedBot(this, String(i)));
    await this.clock.advance(this.clock.now() + 100);
    this.songs = Array.from({ length: nodes * songs }, (_, i) => new Song(this.bots[i % bots], String(i), i % regions));
  }

  /** Runs an event and returns the row of its results. All songs must play again within `most` ms. */
  async event(name, happen, most = 120_000) {
    const from = this.clock.now();
    this.#gaps = [];
    this.#moves = new Map();
    this.joins = new Peaks();
    this.given.clear();
    this.nats.seconds.clear();
    await happen();
    const again = await this.clock.until(() => this.songs.every(({ silentSince }) => silentSince === undefined), most);
    const seconds = (this.clock.now() - from) / 1_000;
    if (!again) this.faults.push(`${name}: ${this.songs.filter(({ silentSince }) => silentSince !== undefined).length} songs are silent`);
    // Waits for one more renewal of each node, so that its messages are counted.
    await this.clock.advance(this.clock.now() + this.settings.lease / 8);
    return { event: name, ...this.#row(from), seconds: Number(seconds.toFixed(1)) };
  }

  /** SIGTERM. */
  async drain(nodes) {
    await Promise.all([...nodes.map((node) => node.drain()), this.clock.until(() => nodes.every(({ alive }) => !alive), 600_000)]);
    for (const { id } of nodes) this.nodes.delete(id);
  }

  /** SIGKILL. */
  kill(nodes) {
    for (const node of nodes) {
      node.kill();
      for (const link of [...this.followed.get(node.id)]) link.die();
    }
    const dead = new Set(nodes);
    for (const song of this.songs) if (dead.has(song.node)) song.silence(this.clock.now());
    for (const { id } of nodes) this.nodes.delete(id);
  }

  async natsAway(ms) {
    this.nats.up = false;
    this.buckets.nodes.deafen();
    this.nats$.next(false);
    await this.clock.advance(this.clock.now() + ms);
    this.nats.up = true;
    this.nats$.next(true);
  }

  /** Replaces the fleet in steps of the share `surge`: in each step new nodes start, then as many old ones end. */
  async roll() {
    const old = [...this.nodes.values()];
    const step = Math.max(1, Math.round(old.length * this.settings.surge));
    for (let i = 0; i < old.length; i += step) {
      const going = old.slice(i, i + step);
      for (const _ of going) this.#newNode();
      await this.clock.advance(this.clock.now() + 1_000);
      await this.drain(going);
    }
  }

  /** Restarts one node after the other. The last one is empty afterwards. */
  async restart() {
    for (const node of [...this.nodes.values()]) {
      await this.drain([node]);
      this.#newNode();
      await this.clock.advance(this.clock.now() + 1_000);
    }
  }

  /** Adds `count` nodes, at random times or as `phase` says; then lets `watched` ms pass. */
  async grow(count, watched = this.settings.watched, phase = this.random) {
    for (let i = 0; i < count; i += 1) this.clock.after(phase(i) * (this.settings.lease / 8), () => this.#newNode());
    await this.clock.advance(this.clock.now() + watched);
  }

  /** Lets time pass without an event. */
  async watch() {
    await this.clock.advance(this.clock.now() + this.settings.watched);
  }

  /** Ends songs: for each node a random share of its own. */
  end() {
    const shares = new Map([...this.nodes.values()].map((node) => [node, this.random()]));
    const over = new Set(this.songs.filter(({ node }) => this.random() < (shares.get(node) ?? 0)));
    for (const song of over) song.stop();
    this.songs = this.songs.filter((song) => !over.has(song));
  }

  /** Ends songs and starts others in their place, at the rate that follows from `lasting`. */
  async churn() {
    const { watched, lasting } = this.settings;
    for (let due = (this.songs.length * watched) / lasting; due > 0; due -= 1) {
      const song = this.songs[Math.floor(this.random() * this.songs.length)];
      this.clock.after(this.random() * watched, () => song.next());
    }
    await this.watch();
  }

  some(count) {
    return [...this.nodes.values()].slice(0, count);
  }

  #newNode() {
    const node = new SimulatedNode(this, `node-${(this.#number += 1)}`);
    this.nodes.set(node.id, node);
    this.known.set(node.id, node);
    this.followed.set(node.id, new Set());
    node.begin().catch((error) => this.faults.push(`${node.id}: ${error.message}`));
  }

  #row(from) {
    const loads = [...this.nodes.values()].map(({ sessions }) => sessions);
    const mean = loads.reduce((sum, load) => sum + load, 0) / loads.length;
    const moves = [...this.#moves.values()];
    const gaps = this.#gaps.sort((a, b) => a - b);
    const nats = [...this.nats.seconds.values()];
    const peak = (name) => Math.max(0, ...nats.map((second) => second[name]));
    const total = moves.reduce((sum, count) => sum + count, 0);
    return {
      nodes: loads.length,
      'load mean': Math.round(mean),
      'load min': Math.min(...loads),
      'load max': Math.max(...loads),
      'max/mean': Number((Math.max(...loads) / mean).toFixed(2)),
      'songs moved': moves.length,
      'moves each': moves.length === 0 ? 0 : Number((total / moves.length).toFixed(2)),
      given: this.given.total,
      'last of them': Number(Math.max(0, (this.given.last - from) / 1_000).toFixed(1)),
      'given/s node': this.given.mostFrom,
      'to one at once': this.given.mostTo,
      'gap p50': Math.round(quantile(gaps, 0.5)),
      'gap p99': Math.round(quantile(gaps, 0.99)),
      'gap max': Math.round(gaps.at(-1) ?? 0),
      'joins/s node': this.joins.peak('node'),
      'joins/s region': this.joins.peak('region'),
      'KV req/s': peak('requests'),
      'NATS msg/s': peak('messages'),
      'NATS MB/s': Number((peak('bytes') / 1e6).toFixed(1)),
    };
  }
}
