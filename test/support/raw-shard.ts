/** A minimal shard that sends only what it is told to, valid or not: for tests of the simulated bot gateway. */
import type { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { filter, firstValueFrom, ReplaySubject } from 'rxjs';
import { WebSocket } from 'ws';
import { gatewayPort, type GatewayPort } from '../../src/index.js';
import type { LoopbackDiscord } from '../../src/server/index.js';

export interface RawPayload {
  readonly op: number;
  readonly t: string | null;
  readonly s: number | null;
  // Untyped, because the test knows the payload that it expects.
  readonly d: Readonly<Record<string, never>>;
}

export interface RawShardOptions {
  /** Default `v=10&encoding=json`. */
  readonly query?: string;
  readonly intents?: number;
  readonly shard?: readonly [number, number];
  readonly token?: string;
}

/** GUILDS and GUILD_VOICE_STATES. */
export const USUAL_INTENTS = 1 | (1 << 7);

export class RawShard {
  readonly payloads$ = new ReplaySubject<RawPayload>();
  readonly all: RawPayload[] = [];
  readonly closed: Promise<readonly [code: number, reason: string]>;
  readonly port: GatewayPort;
  #beats = 0;

  constructor(
    readonly socket: WebSocket,
    inflate: Transform | undefined,
  ) {
    this.closed = new Promise((resolve) => socket.once('close', (code, reason) => resolve([code, String(reason)])));
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) inflate!.write(data);
      else this.#receive(data);
    });
    inflate?.on('data', (data: Buffer) => this.#receive(data));
    this.port = gatewayPort(this.payloads$, ({ op, d }) => this.send(op, d));
  }

  /** Opens the WebSocket. */
  static async open(
    { gateway }: Pick<LoopbackDiscord, 'gateway'>,
    { query = 'v=10&encoding=json' }: RawShardOptions = {},
  ): Promise<RawShard> {
    return new RawShard(new WebSocket(`${gateway}/?${query}`), decompressor(query));
  }

  /** Opens a shard, identifies, and waits for READY. */
  static async login(discord: LoopbackDiscord, options: RawShardOptions = {}): Promise<RawShard> {
    const shard = await RawShard.open(discord, options);
    await shard.hello();
    shard.identify(options.token ?? discord.token, options);
    await shard.event('READY');
    return shard;
  }

  hello(): Promise<RawPayload> {
    return this.op(10);
  }

  identify(token: string, { intents = USUAL_INTENTS, shard }: RawShardOptions = {}): void {
    this.send(2, { token, intents, properties: { os: 'linux', browser: 'raw', device: 'raw' }, ...(shard === undefined ? {} : { shard }) });
  }

  send(op: number, d: unknown): void {
    this.socket.send(JSON.stringify({ op, d }));
  }

  /** The first payload of an opcode that satisfies `fits`. */
  op(op: number, fits: (payload: RawPayload) => boolean = () => true): Promise<RawPayload> {
    return firstValueFrom(this.payloads$.pipe(filter((payload) => payload.op === op && fits(payload))));
  }

  /** The first dispatch of a name that satisfies `fits`. */
  event(t: string, fits: (payload: RawPayload) => boolean = () => true): Promise<RawPayload> {
    return this.op(0, (payload) => payload.t === t && fits(payload));
  }

  /** Resolves when all earlier sends were handled, and all earlier dispatches have arrived. */
  async settle(): Promise<void> {
    const acks = ++this.#beats;
    this.send(1, null);
    let seen = 0;
    await this.op(11, () => ++seen === acks);
  }

  /** The names of all dispatches so far. */
  get events(): readonly (string | null)[] {
    return this.all.filter(({ op }) => op === 0).map(({ t }) => t);
  }

  get lastSequence(): number {
    return this.all.findLast(({ s }) => typeof s === 'number')!.s!;
  }

  #receive(data: Buffer): void {
    const payload = JSON.parse(String(data)) as RawPayload;
    this.all.push(payload);
    this.payloads$.next(payload);
  }
}

/** Only newer versions of Node have zstd. */
function decompressor(query: string): Transform | undefined {
  const { createZstdDecompress } = zlib as { readonly createZstdDecompress?: () => Transform };
  return query.includes('zlib-stream') ? zlib.createInflate() : query.includes('zstd-stream') ? createZstdDecompress?.() : undefined;
}
