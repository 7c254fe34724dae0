/** Fakes that handle a raw payload and a command as the real clients do, in the same order. */
import { EventEmitter } from 'node:events';
import { Observable, shareReplay, Subject } from 'rxjs';
import type { GatewayPayload, GatewayPort } from '../../../src/gateway/port.js';
import type { VoiceStateCommand } from '../../../src/protocol/commands.js';

export interface Sent {
  readonly shard: number;
  readonly command: unknown;
}

/** Eris and Oceanic: a table of guilds, and shards that silently drop what they cannot send. */
export class FakeShardMapClient extends EventEmitter {
  readonly guildShardMap: Record<string, number> = {};
  readonly shards = new Map<number, FakeShard>();
  readonly sent$ = new Subject<Sent>();

  constructor(
    readonly event: 'rawWS' | 'packet',
    guilds: Readonly<Record<string, number>>,
  ) {
    super();
    Object.assign(this.guildShardMap, guilds);
    for (const id of Object.values(guilds)) this.shards.set(id, new FakeShard(id, this.sent$));
  }

  /** A packet from Discord: emitted first, processed afterwards. */
  receive(shardId: number, packet: GatewayPayload): void {
    const shard = this.shards.get(shardId);
    // A packet proves that the socket is open again.
    if (shard?.status === 'disconnected') shard.status = 'identifying';
    this.emit(this.event, packet, shardId);
    const d = packet.d as { id?: string } | undefined;
    if (shard !== undefined && (packet.t === 'READY' || packet.t === 'RESUMED')) shard.status = 'ready';
    if (packet.t === 'GUILD_DELETE') delete this.guildShardMap[d?.id ?? ''];
  }
}

export class FakeShard {
  status = 'ready';

  constructor(
    readonly id: number,
    readonly sent$: Subject<Sent>,
  ) {}

  sendWS(op: number, d: unknown): void {
    if (this.status !== 'disconnected' && this.status !== 'connecting') this.sent$.next({ shard: this.id, command: { op, d } });
  }

  send(op: number, d: unknown): void {
    this.sendWS(op, d);
  }
}

/** droff: shards are replayed to late subscribers, and live as long as anyone is subscribed. */
export class FakeDroffClient {
  readonly sent$ = new Subject<Sent>();
  readonly shards: readonly FakeDroffShard[];
  /** Records when the gateway connects and closes. */
  readonly life: string[] = [];
  readonly gateway: { readonly shards$: Observable<FakeDroffShard> };
  readonly #start$ = new Subject<FakeDroffShard>();

  constructor(count: number, started = true) {
    this.shards = Array.from({ length: count }, (_, id) => new FakeDroffShard([id, count], this.sent$));
    const shards$ = new Observable<FakeDroffShard>((subscriber) => {
      this.life.push('connect');
      if (started) for (const shard of this.shards) subscriber.next(shard);
      subscriber.add(this.#start$.subscribe(subscriber));
      return () => void this.life.push('close');
    });
    this.gateway = { shards$: shards$.pipe(shareReplay({ bufferSize: Infinity, refCount: true })) };
  }

  start(id: number): void {
    this.#start$.next(this.shards[id]!);
  }

  receive(id: number, payload: GatewayPayload): void {
    this.shards[id]!.raw$.next(payload);
  }
}

export class FakeDroffShard {
  readonly raw$ = new Subject<GatewayPayload>();

  constructor(
    readonly id: readonly [number, number],
    readonly sent$: Subject<Sent>,
  ) {}

  send(command: VoiceStateCommand): void {
    this.sent$.next({ shard: this.id[0], command });
  }
}

/** discord.js: one event for all shards, and each guild has its shard. */
export class FakeDiscordJsClient extends EventEmitter {
  readonly sent$ = new Subject<Sent>();
  readonly guilds: { readonly cache: Map<string, { readonly shard: { send(payload: unknown): void } }> };

  constructor(guilds: Readonly<Record<string, number>>) {
    super();
    const cache = new Map(
      Object.entries(guilds).map(([guild, shard]) => [
        guild,
        { shard: { send: (command: unknown) => this.sent$.next({ shard, command }) } },
      ]),
    );
    this.guilds = { cache };
  }

  receive(shardId: number, payload: GatewayPayload): void {
    this.emit('raw', payload, shardId);
  }
}

/** What a client needs in order to stand between a session and a virtual voice server. */
interface Between {
  readonly sent$: Observable<Sent>;
  receive(shardId: number, payload: GatewayPayload): void;
}

/** Puts a client between a session and the gateway of a virtual voice server: READY arrives on the shard it names, all else on `home`. */
export function stand(client: Between, gateway: GatewayPort, home: number): void {
  gateway.subscribe((payload) => {
    const shard = payload.t === 'READY' ? (payload.d as { shard: readonly [number, number] }).shard[0] : home;
    client.receive(shard, payload);
  });
  client.sent$.subscribe(({ command }) => gateway.next(command as VoiceStateCommand));
}
