/** A process of a bot: the nodes that it knows, and its links to them. */
import { catchError, from, ignoreElements, map, merge, NEVER, of, shareReplay, switchMap, take, throwError, type Observable, type SchedulerLike } from 'rxjs';
import { EngineLostError } from '../errors.js';
import { allToBot, toNode, type BotAddress } from './address.js';
import { Uplink, type NatsConnectionLike } from './connection.js';
import { freshName, randomShare } from './fresh-name.js';
import { Host } from './host.js';
import { NodeTable } from './node-table.js';
import { place } from './placement.js';
import { fromRecord, openBuckets, type Bucket } from './registry/buckets.js';
import type { Ownership } from './registry/claims.js';
import { openAgain } from './registry/open-again.js';
import type { Snowflake } from '../types.js';

export interface BotSettings {
  readonly prefix: string;
  readonly address: BotAddress;
  readonly silentAfter: number;
  readonly scheduler: SchedulerLike;
}

/** The lease of buckets that are created here, in ms. */
const DEFAULT_LEASE_MS = 20_000;

export class Bot {
  readonly #uplink: Uplink;
  readonly #settings: BotSettings;
  /** Hosts by the id of their node, and by the name of their link. */
  readonly #hosts = new Map<string, Host>();
  readonly #links = new Map<string, Host>();
  readonly #table$: Observable<NodeTable>;
  #table: NodeTable | undefined;
  #sessions: Bucket | undefined;
  #silentAfter: number;
  #closed = false;
  #unsubscribe: () => void = () => undefined;

  constructor(connection: NatsConnectionLike, settings: BotSettings) {
    const { prefix, scheduler } = settings;
    this.#uplink = new Uplink(connection);
    this.#settings = settings;
    this.#silentAfter = settings.silentAfter;
    // After an error, the next session tries again.
    this.#table$ = openAgain(() => openBuckets(connection, prefix, DEFAULT_LEASE_MS), scheduler).pipe(
      catchError((cause: unknown) => throwError(() => new EngineLostError(`the buckets of NATS cannot be used (${cause instanceof Error ? cause.message : 'no reason given'}): is JetStream enabled, and may the bot use it?`, cause))),
      map((buckets) => {
        this.#sessions = buckets.sessions;
        this.#silentAfter = Math.min(settings.silentAfter, buckets.lease);
        this.#table = new NodeTable(buckets, this.#uplink.up$, scheduler, (nodes) => place(nodes, randomShare));
        if (this.#closed) this.#table.close();
        else this.#hear();
        return this.#table;
      }),
      shareReplay(1),
    );
  }

  /**
   * Emits the node for a new session; errors when the connection is closed for good.
   *
   * @param guildId the guild, if an earlier process may have left a session in it: the node that runs that session is preferred
   * @param to the only node that may be chosen
   */
  choose$(guildId: Snowflake | null, to?: string): Observable<Host> {
    // A closed engine receives nothing; and if an earlier session is kept, the next process must get it.
    if (this.#closed) return NEVER;
    const host$ = this.#table$.pipe(
      switchMap((table) => {
        if (to !== undefined) return table.choose$(to, true);
        return guildId === null ? table.choose$() : from(this.#owner(guildId)).pipe(switchMap((owner) => table.choose$(owner)));
      }),
      // The engine may have been closed during the search.
      switchMap((node) => (this.#closed ? NEVER : of(this.#hosts.get(node) ?? this.#host(node)))),
    );
    return merge(this.#uplink.up$.pipe(ignoreElements()), host$).pipe(take(1));
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The node that is registered as the owner of the session in a guild. */
  async #owner(guildId: Snowflake): Promise<string | undefined> {
    const entry = await this.#sessions?.get(`${this.#settings.address.bot}.${guildId}`).catch(() => undefined);
    return fromRecord<Ownership>(entry ?? null)?.node;
  }

  close(): void {
    this.#closed = true;
    for (const host of [...this.#hosts.values()]) host.end();
    this.#table?.close();
    this.#unsubscribe();
  }

  #hear(): void {
    const { prefix, address } = this.#settings;
    this.#unsubscribe = this.#uplink.subscribe(allToBot(prefix, address), ({ subject, data }) => {
      this.#links.get(subject.slice(subject.lastIndexOf('.') + 1))?.receive(data);
    });
  }

  #host(node: string): Host {
    const { prefix, address, scheduler } = this.#settings;
    const silentAfter = this.#silentAfter;
    const link = freshName();
    const subject = toNode(prefix, node, address, link);
    const { up$, maxPayload } = this.#uplink;
    const publish = (packet: Uint8Array): void => this.#uplink.publish(subject, packet);
    const host = new Host({ publish, up$, maxPacket: maxPayload, silentAfter, scheduler }, (lost) => {
      this.#links.delete(link);
      if (this.#hosts.get(node) === host) this.#hosts.delete(node);
      if (lost) this.#table?.forget(node);
    });
    this.#hosts.set(node, host);
    this.#links.set(link, host);
    return host;
  }
}
