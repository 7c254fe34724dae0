/** Simulates a process of a bot, its links and its songs, with the project's own table of nodes and a model of `remoteSession$`. */
import { Observable, Subscription, timeout } from 'rxjs';

/** One-way latency between two machines over NATS, in ms. */
const LATENCY_MS = 2;
/** As in `src/engine/remote-session.ts`. */
const MAX_MOVES = 3;
const STABLE_MS = 10_000;
const DELAY_MS = 250;

export class SimulatedBot {
  id;
  table;
  world;
  /** By the id of the node. */
  #links = new Map();

  constructor(world, id) {
    const { parts, buckets, nats$, clock, random, settings } = world;
    this.id = id;
    this.world = world;
    this.table = new parts.NodeTable(buckets, nats$, clock, (nodes) => parts.place(nodes, random, settings.drawn === 0 ? Infinity : settings.drawn));
  }

  get links() {
    return this.#links.size;
  }

  link(node) {
    const link = this.#links.get(node) ?? new SimulatedLink(this, node, () => this.#links.delete(node));
    this.#links.set(node, link);
    return link;
  }
}

/** A link to a node. When the node has been silent for a while, the link is lost, and all songs on it go on elsewhere. */
class SimulatedLink {
  node;
  songs = new Map();
  #bot;
  #gone;
  #dying = false;

  constructor(bot, id, gone) {
    this.#bot = bot;
    this.#gone = gone;
    this.node = bot.world.known.get(id);
    if (this.node.alive) bot.world.followed.get(id).add(this);
    else this.die();
  }

  hold(song, lost) {
    this.songs.set(song, lost);
    return () => {
      this.songs.delete(song);
      if (this.songs.size === 0 && !this.#dying) this.#end();
    };
  }

  die() {
    if (this.#dying) return;
    this.#dying = true;
    const { clock, settings, random } = this.#bot.world;
    clock.after(settings.silentAfter + (random() * settings.silentAfter) / 6, () => {
      this.#end();
      if (this.songs.size > 0) this.#bot.table.forget(this.node.id);
      for (const lost of [...this.songs.values()]) lost();
    });
  }

  #end() {
    this.#gone();
    this.#bot.world.followed.get(this.node.id).delete(this);
  }
}

/** A song that plays until the end of the simulation. */
export class Song {
  bot;
  guild;
  region;
  /** When it fell silent; undefined while it plays. */
  silentSince;
  node;
  /** When it came to its node. */
  since = 0;
  #there = Subscription.EMPTY;
  #behind = Subscription.EMPTY;
  /** The node where it is prepared, the link held to it, and whether it is ready. */
  #next;
  #moves = 0;
  #readyAt = -Infinity;

  constructor(bot, guild, region) {
    this.bot = bot;
    this.guild = guild;
    this.region = region;
    this.silentSince = bot.world.clock.now();
  }

  go() {
    const { clock, settings } = this.bot.world;
    const none = () => new Observable((subscriber) => subscriber.error(new Error('no node')));
    const there = new Subscription();
    this.#there = there;
    const next = this.#next;
    if (next?.ready === true) {
      this.#next = undefined;
      return this.#begin(next.id, there, next);
    }
    this.#letGo();
    there.add(this.bot.table.choose$().pipe(timeout({ first: settings.patience, with: none, scheduler: clock })).subscribe({ next: (id) => this.#begin(id, there), error: () => this.#failed(there) }));
  }

  /** Ends the song, and starts another one in its guild. */
  next() {
    this.stop();
    this.go();
  }

  stop() {
    this.#letGo();
    this.#there.unsubscribe();
    this.#there = Subscription.EMPTY;
    this.#behind.unsubscribe();
    this.silentSince = undefined;
  }

  /** Discards the preparation. */
  #letGo() {
    this.#next?.hold.unsubscribe();
    this.#next?.come.unsubscribe();
    this.#next = undefined;
  }

  /** Notes that the song has fallen silent. */
  silence(at) {
    this.silentSince ??= at;
  }

  #begin(id, there, prepared) {
    const { clock } = this.bot.world;
    const link = this.bot.link(id);
    const { node } = link;
    this.node = node;
    this.since = clock.now();
    there.add(link.hold(this, () => this.#failed(there)));
    if (prepared !== undefined) there.add(prepared.come);
    prepared?.hold.unsubscribe();
    const told = (what) => clock.after(LATENCY_MS, () => this.#there === there && what());
    there.add(
      clock.after(LATENCY_MS, () => {
        if (!node.alive) return;
        const next = (session) => {
          const { to$ } = node.departure(session);
          there.add(to$.subscribe((to) => told(() => this.#directed(session, node, to))));
          told(() => this.#ready(there, prepared));
        };
        const running = node.drive(this, prepared !== undefined).subscribe({ next, error: (error) => this.#over(error, there, told) });
        there.add(() => clock.after(LATENCY_MS, () => node.alive && running.unsubscribe()));
      }),
    );
  }

  #over(error, there, told) {
    const { world } = this.bot;
    if (!(error instanceof world.parts.SessionMoved)) return told(() => this.#failed(there));
    this.silence(world.clock.now());
    world.moved(this);
    if (!this.node.draining) world.given.note(world.clock.now() - this.since);
    told(() => {
      // The old node is released when the song runs on the new one.
      this.#behind = there;
      there.add(() => world.clock.after(LATENCY_MS, () => error.letGo()));
      this.go();
    });
  }

  /** Like `NextPlace` with a named node: prepares there or not at all. Null: the song stays where it is. */
  #directed(session, behind, to) {
    const { clock, handshake } = this.bot.world;
    this.#letGo();
    if (to === null) return;
    this.bot.table.choose$(to, true).subscribe({
      next: (id) => {
        const next = { id, hold: new Subscription(), come: new Subscription(), ready: false };
        this.#next = next;
        const link = this.bot.link(id);
        next.hold.add(link.hold(next, () => next.hold.unsubscribe()));
        const said = (ms, what) => next.hold.add(clock.after(ms, () => link.node.alive && !link.node.draining && this.#next === next && what()));
        // Preparing takes a handshake, which stands for DNS, TCP, TLS and Hello. The old node waits for the message that it is ready.
        said(LATENCY_MS, () => {
          const come = link.node.admit();
          if (come === undefined) return next.hold.unsubscribe();
          next.come.add(come);
        });
        said(2 * LATENCY_MS + handshake(), () => {
          next.ready = true;
          clock.after(LATENCY_MS, () => behind.alive && behind.departure(session)?.leave());
        });
      },
      error: () => undefined,
    });
  }

  #ready(there, prepared) {
    const { world } = this.bot;
    if (this.#there !== there) return;
    prepared?.come.unsubscribe();
    this.#readyAt = world.clock.now();
    this.#behind.unsubscribe();
    // The play is sent to the node, which then sends the first frame.
    world.clock.after(LATENCY_MS, () => {
      if (this.#there !== there || this.silentSince === undefined || !this.node.alive) return;
      world.heard(this, world.clock.now() - this.silentSince);
      this.silentSince = undefined;
    });
  }

  #failed(there) {
    if (this.#there !== there) return;
    const { world } = this.bot;
    if (world.clock.now() - this.#readyAt >= STABLE_MS) this.#moves = 0;
    if (this.#moves === MAX_MOVES) {
      this.#there.unsubscribe();
      this.#there = Subscription.EMPTY;
      world.lost(this);
      return;
    }
    this.#moves += 1;
    this.#letGo();
    this.#there.unsubscribe();
    this.#behind.unsubscribe();
    world.moved(this);
    this.#there = world.clock.after(DELAY_MS * this.#moves, () => this.go());
  }
}
