/** A process of a bot: the nodes that it knows, and its links to them. */
import { catchError, defer, from, map, shareReplay, switchMap, throwError, type Observable, type SchedulerLike } from 'rxjs';
import { EngineLostError } from '../errors.js';
import { allToBot, toNode, type BotAddress } from './address.js';
import { Uplink, type NatsConnectionLike } from './connection.js';
import { freshName, randomShare } from './fresh-name.js';
import { Host } from './host.js';
import { NodeTable } from './node-table.js';
import { place } from './placement.js';
import { openBuckets } from './registry/buckets.js';

export interface BotSettings {
  readonly prefix: string;
  readonly address: BotAddress;
  readonly silentAfter: number;
  readonly scheduler: SchedulerLike;
}

/** The lease of the buckets where there are none yet, in ms. */
const DEFAULT_LEASE_MS = 20_000;

export class Bot {
  readonly #uplink: Uplink;
  readonly #settings: BotSettings;
  /** By their nodes, and by their links. */
  readonly #hosts = new Map<string, Host>();
  readonly #links = new Map<string, Host>();
  readonly #table$: Observable<NodeTable>;
  #table: NodeTable | undefined;
  #unsubscribe: () => void = () => undefined;

  constructor(connection: NatsConnectionLike, settings: BotSettings) {
    const { prefix, scheduler } = settings;
    this.#uplink = new Uplink(connection);
    this.#settings = settings;
    // What failed is tried again by the next session.
    this.#table$ = defer(() => from(openBuckets(connection, prefix, DEFAULT_LEASE_MS))).pipe(
      catchError((cause: unknown) => throwError(() => new EngineLostError(`the buckets of NATS cannot be used (${cause instanceof Error ? cause.message : 'no reason given'}): is JetStream enabled, and may the bot use it?`, cause))),
      map((buckets) => {
        this.#hear();
        return (this.#table = new NodeTable(buckets, this.#uplink.up$, scheduler, (nodes) => place(nodes, randomShare)));
      }),
      shareReplay(1),
    );
  }

  /** Emits the node that is to run one more session. */
  choose$(): Observable<Host> {
    return this.#table$.pipe(
      switchMap((table) => table.choose$()),
      map((node) => this.#hosts.get(node) ?? this.#host(node)),
    );
  }

  close(): void {
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
    const { prefix, address, silentAfter, scheduler } = this.#settings;
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
