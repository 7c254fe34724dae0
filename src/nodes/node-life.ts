/** A node, from its registration until it ends or loses its lease. After a lost lease a new NodeLife begins, with another id. */
import { EMPTY, Subject, Subscription, type Observable, type SchedulerLike } from 'rxjs';
import type { VoiceOptions } from '../driver/options.js';
import type { Transports } from '../driver/ports.js';
import type { VoiceSession } from '../driver/session/session.js';
import type { Prepared, PrepareTopic } from '../engine/hand-over/prepared.js';
import type { Drive, OpenSource } from '../engine/serve-engine.js';
import { EngineLostError, VoiceOptionsError } from '../errors.js';
import type { VoiceSignal } from '../types.js';
import type { BotAddress } from './address.js';
import type { Uplink } from './connection.js';
import { Arriving } from './balance/arriving.js';
import { drawPeer } from './balance/peers.js';
import { rebalanced$ } from './balance/rebalanced.js';
import { fenced } from './fence.js';
import { randomShare } from './fresh-name.js';
import type { GuestWork } from './guest.js';
import { Guests, type Presence } from './guests.js';
import { PreparedSession } from './hand-over/prepared-session.js';
import { nodeSession$ } from './node-session.js';
import { owned } from './owned.js';
import { Positions } from './positions/positions.js';
import type { NodeBuckets, NodeRecord, Peers } from './registry/buckets.js';
import { Claims } from './registry/claims.js';
import { Lease } from './registry/lease.js';
import type { Home } from './keep/kept-session.js';
import { Keeper } from './keep/keeper.js';
import { Residents } from './residents.js';
import { Turns } from './turns.js';

export interface NodeSettings {
  readonly prefix: string;
  readonly capacity: number;
  readonly joins: number;
  readonly moves: number;
  readonly prepare: boolean;
  readonly silentAfter: number;
  readonly open: OpenSource;
  readonly transports: () => Transports;
  readonly checkpoint: number;
  readonly rebalance: number;
  readonly scheduler: SchedulerLike;
}

/** Is notified of changes. */
export interface NodeListener {
  /** The number of sessions has changed. */
  readonly changed: () => void;
  /** Rebalancing has moved a session to another node. */
  readonly gave: () => void;
}

/** ms beyond `silentAfter` after which another process of a bot that still has a session is considered alive. */
const GHOST_MS = 2_000;

export class NodeLife {
  readonly id: string;
  /** Emits when the lease is lost and all sessions have ended. */
  readonly lost$ = new Subject<void>();
  readonly #uplink: Uplink;
  readonly #peers: Peers | undefined;
  readonly #settings: NodeSettings;
  readonly #listener: NodeListener;
  readonly #lease: Lease;
  readonly #claims: Claims;
  readonly #residents: Residents;
  readonly #turns: Turns;
  readonly #guests: Guests;
  readonly #arriving = new Arriving();
  readonly #subscription = new Subscription();
  readonly #positions: Positions;
  readonly #keeper: Keeper;
  /** Whether it has had its lease. Bots may already know the node before that. */
  #begun = false;
  #draining = false;

  constructor(id: string, uplink: Uplink, buckets: NodeBuckets, settings: NodeSettings, listener: NodeListener) {
    const { scheduler } = settings;
    this.id = id;
    this.#uplink = uplink;
    this.#peers = buckets.peers;
    this.#listener = listener;
    // At most a lease: a node that is cut off for longer has lost its sessions anyway.
    this.#settings = { ...settings, silentAfter: Math.min(settings.silentAfter, buckets.lease) };
    this.#lease = new Lease(buckets.nodes, id, buckets.lease, () => this.#record(), scheduler);
    this.#claims = new Claims(buckets, id, scheduler);
    this.#residents = new Residents(listener.changed, scheduler);
    this.#turns = new Turns(settings.joins);
    this.#positions = new Positions({ buckets, node: id, every: settings.checkpoint, maxPayload: () => uplink.maxPayload, valid: () => this.#lease.valid(), open: settings.open, scheduler });
    this.#keeper = new Keeper(this.#settings.silentAfter + GHOST_MS, scheduler, this.#positions.play$);
    const { prefix, silentAfter } = this.#settings;
    this.#guests = new Guests(uplink, { node: id, prefix, silentAfter, valid: () => !this.#begun || this.#lease.valid(), scheduler, work: (from, presence) => this.#work(from, presence) });
    this.#subscription.add(this.#lease.lost$.subscribe((error) => this.#lose(error.reason)));
  }

  get sessions(): number {
    return this.#residents.size;
  }

  /** Subscribes to bots' messages, and then takes the lease, by which bots find the node. */
  async begin(): Promise<void> {
    this.#subscription.add(this.#guests.listen());
    await this.#lease.take();
    this.#begun = true;
    this.#subscription.add(this.#uplink.up$.subscribe({ next: () => this.#reached(), error: () => undefined }));
    this.#subscription.add(this.#rebalanced$().subscribe(this.#listener.gave));
  }

  /** Moves sessions to less used nodes; none while the server is away. */
  #rebalanced$(): Observable<unknown> {
    const { rebalance, scheduler } = this.#settings;
    const [peers, lease] = [this.#peers, this.#lease];
    if (peers === undefined) return EMPTY;
    return rebalanced$({
      every: lease.period,
      mine: () => (this.#draining || !this.#uplink.up || lease.renewals === undefined ? undefined : this.#record()),
      draw: () => drawPeer(peers, this.id, lease.renewals, randomShare),
      give: (id) => this.#residents.give(id, rebalance),
      random: randomShare,
      scheduler,
    });
  }

  /** NATS is reachable again: writes what could not be written. */
  #reached(): void {
    this.#lease.changed();
    this.#positions.changed();
  }

  /** Accepts no more sessions, and moves all sessions to other nodes. */
  async drain(): Promise<void> {
    this.#draining = true;
    this.#positions.drain();
    this.#lease.changed();
    await this.#residents.drain(this.#settings.moves, this.#settings.prepare);
  }

  /** Ends the sessions that still run, and gives the lease back. */
  async end(): Promise<void> {
    this.#subscription.unsubscribe();
    this.#endGuests('the node has ended');
    // The server is away, so the entry cannot be removed. It expires with the lease.
    if (!this.#uplink.up) return this.#lease.close();
    await this.#lease.end();
    await this.#positions.end();
  }

  #record(): NodeRecord {
    return { sessions: this.#residents.size, capacity: this.#settings.capacity, draining: this.#draining };
  }

  #lose(why: string): void {
    this.#subscription.unsubscribe();
    this.#endGuests(why);
    this.lost$.next();
  }

  #endGuests(why: string): void {
    this.#positions.close();
    this.#guests.end(why);
    this.#keeper.end();
  }

  #work(from: BotAddress, presence: () => Presence): GuestWork {
    return {
      drive: this.#drive(from, { gone: () => presence().gone, heardAt: () => presence().heardAt }),
      open: this.#settings.open,
      play: this.#positions.heardBy(from.process, (session, frames, playOptions) => this.#residents.playing(session, this.#keeper.play$(session, frames, playOptions))),
      handOver: { prepare: (wish) => this.#prepare(wish), departure: (session) => this.#residents.departure(session) },
    };
  }

  /**
   * Runs a session: the one that a former process left here, or a new one until it moves. A new one is claimed first and then waits for its turn to join, so that
   * waiting for another node's lease blocks no other session. Its sockets stop with the lease.
   */
  #drive({ bot, process }: BotAddress, presence: Pick<Home, 'gone' | 'heardAt'>): Drive {
    return (signals$, options, guildId, _session, keep, prepared) => {
      if (guildId === null) throw new VoiceOptionsError('guildId', 'must be known where a session is to run on a node: one node at a time runs what is in a guild');
      const run = (heard$: Observable<VoiceSignal>, wanted: VoiceOptions): Observable<VoiceSession> =>
        this.#positions.session$({ bot, guildId, process, keep, log: wanted.log }, (heir) =>
          this.#residents.house(owned(this.#claims.claim$(bot, guildId, heir, prepared !== undefined), this.#turns.take(nodeSession$(heard$, wanted, guildId, this.#fenced(prepared?.transports))))),
        );
      return this.#positions.home$({ keep, gone: presence.gone }, this.#keeper.session$(bot, guildId, { signals$, options, keep, ...presence }, run));
    };
  }

  /** Prepares a session that this node does not own yet, so nothing is sent. */
  #prepare(wish: PrepareTopic): Prepared {
    if (this.#draining) throw new EngineLostError('the node is about to end');
    const { open, transports } = this.#settings;
    if (wish.directed !== true) return new PreparedSession(wish, open, transports());
    const come = this.#arriving.admit();
    if (come === undefined) throw new EngineLostError('as many sessions come to the node as may at once');
    return new PreparedSession(wish, open, transports(), come);
  }

  /** Sockets that send nothing after the end of the lease. */
  #fenced(sockets = this.#settings.transports()): Transports {
    return fenced(sockets, () => this.#lease.valid());
  }
}
