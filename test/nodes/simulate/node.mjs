/** A node: the project's lease, claims, residents and turns, with a handshake that takes the time that one takes. */
import { Observable, timer } from 'rxjs';
import { Nats } from './nats.mjs';

export class SimulatedNode {
  id;
  alive = true;
  draining = false;
  #world;
  #lease;
  #claims;
  #residents;
  #turns;

  constructor(world, id) {
    const { clock, parts, settings, buckets } = world;
    const own = { lease: buckets.lease, nodes: Nats.seenBy(buckets.nodes, () => this.alive), sessions: Nats.seenBy(buckets.sessions, () => this.alive) };
    this.id = id;
    this.#world = world;
    this.#lease = new parts.Lease(own.nodes, id, own.lease, () => ({ sessions: this.sessions, capacity: settings.capacity, draining: this.draining }), clock);
    this.#claims = new parts.Claims(own, id, clock);
    this.#residents = new parts.Residents(() => undefined, clock);
    this.#turns = new parts.Turns(settings.joins);
    this.#lease.lost$.subscribe(() => this.alive && world.faults.push(`${id} has lost its lease`));
  }

  get sessions() {
    return this.#residents.size;
  }

  begin() {
    return this.#lease.take();
  }

  async drain() {
    this.draining = true;
    this.#lease.changed();
    await this.#residents.drain(this.#world.settings.moves);
    await this.#lease.end();
    this.alive = false;
  }

  kill() {
    this.alive = false;
  }

  /** As `NodeLife` has it, with the handshake in the place of a session. */
  drive(song) {
    const { clock, joins, handshake, parts } = this.#world;
    const handshake$ = new Observable((subscriber) => {
      joins.note(clock.now(), this.id, song.region);
      // Emits when it is ready, and goes on until somebody has enough.
      return timer(handshake(), clock).subscribe(() => this.alive && subscriber.next({ song }));
    });
    return this.#residents.house(parts.owned(this.#claims.claim$(song.bot.id, song.guild), this.#turns.take(handshake$)));
  }
}
