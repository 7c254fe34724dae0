/** Simulates a node: the project's own lease, claims, residents, turns and rebalancing, with a timer as long as a handshake instead of a session. */
import { Observable, Subscription, timer } from 'rxjs';
import { Nats } from './nats.mjs';

export class SimulatedNode {
  id;
  alive = true;
  draining = false;
  capacity;
  #world;
  #lease;
  #claims;
  #residents;
  #turns;
  #peers;
  #arriving;
  #running = new Subscription();

  constructor(world, id) {
    const { clock, parts, settings, buckets } = world;
    const own = { lease: buckets.lease, nodes: Nats.seenBy(buckets.nodes, () => this.alive), sessions: Nats.seenBy(buckets.sessions, () => this.alive) };
    this.id = id;
    this.#world = world;
    this.#peers = own.nodes;
    // With `unlike`, machines differ: the capacity is multiplied by a random factor from 1 to 1 + `unlike`.
    this.capacity = settings.unlike === 0 ? settings.capacity : Math.round(settings.capacity * (1 + settings.unlike * world.random()));
    this.#lease = new parts.Lease(own.nodes, id, own.lease, () => this.#record(), clock);
    this.#claims = new parts.Claims(own, id, clock);
    this.#residents = new parts.Residents(() => undefined, clock);
    this.#turns = new parts.Turns(settings.joins);
    this.#arriving = new parts.Arriving();
    this.#lease.lost$.subscribe(() => this.alive && world.faults.push(`${id} has lost its lease`));
  }

  get sessions() {
    return this.#residents.size;
  }

  async begin() {
    await this.#lease.take();
    this.#running.add(this.#world.nats$.subscribe(() => this.#lease.changed()));
    if (this.#world.settings.rebalance > 0) this.#running.add(this.#rebalanced$().subscribe());
  }

  /** Like the method of `NodeLife`. */
  #rebalanced$() {
    const { clock, parts, random, settings, nats, given } = this.#world;
    return parts.rebalanced$({
      every: this.#lease.period,
      mine: () => (this.draining || !this.alive || !nats.up || this.#lease.renewals === undefined ? undefined : this.#record()),
      draw: () => parts.drawPeer(this.#peers, this.id, this.#lease.renewals, random),
      give: async (id) => {
        given.begin(this.id, clock.now());
        const gone = await this.#residents.give(id, settings.rebalance);
        given.end(gone, clock.now());
        return gone;
      },
      random,
      scheduler: clock,
    });
  }

  #record() {
    return { sessions: this.sessions, capacity: this.capacity, draining: this.draining };
  }

  async drain() {
    this.draining = true;
    this.#lease.changed();
    await this.#residents.drain(this.#world.settings.moves);
    this.#running.unsubscribe();
    await this.#lease.end();
    this.alive = false;
  }

  kill() {
    this.alive = false;
    this.#running.unsubscribe();
  }

  /** Accepts a session that another node moves here. Returns a function to call when it has arrived; undefined if it is refused. */
  admit() {
    const admitted = this.draining ? undefined : this.#arriving.admit();
    if (admitted === undefined) return undefined;
    const came = this.#world.given.comes(this.id);
    return () => {
      admitted();
      came();
    };
  }

  /** The departure of a session, which announces a move to its bot. */
  departure(session) {
    return this.#residents.departure(session);
  }

  /**
   * Like the method of `NodeLife`, with the handshake in place of a session.
   *
   * @param prepared whether sockets are already open for the session here
   */
  drive(song, prepared = false) {
    const { clock, joins, handshake, parts } = this.#world;
    const handshake$ = new Observable((subscriber) => {
      joins.note(clock.now(), this.id, song.region);
      // Emits when the session is ready, and does not complete.
      return timer(handshake(), clock).subscribe(() => this.alive && subscriber.next({ song }));
    });
    return this.#residents.house(parts.owned(this.#claims.claim$(song.bot.id, song.guild, undefined, prepared), this.#turns.take(handshake$)));
  }
}
