/** One WebSocket of the bot gateway. */
import type { WebSocket } from 'ws';
import { boundedSend, type BoundedSend } from '../../../bounded-send.js';
import { Deadline } from '../../timers.js';
import { GATEWAY_REFUSALS, type GatewayRefusal } from './refusals.js';
import type { GatewayContext, ShardSocket } from './context.js';
import { onPayload } from './on-payload.js';
import type { ShardSession } from './shard-session.js';
import type { Wire } from './wire.js';

/** The maximum bytes of a payload from a client, and payloads within a minute. Source: Discord docs, Gateway, Rate Limiting. */
const MOST_BYTES = 4_096;
const MOST_PAYLOADS = 120;
const MINUTE = 60_000;
/** The maximum of buffered bytes for a client that does not read. */
const MOST_WAITING = 4 << 20;
/** ms of grace beyond one and a half heartbeats. */
const GRACE = 2_000;
/** No close frame came. */
const ABNORMAL = 1006;

/** Reads what the client sends, and writes in order. */
export class ShardConnection implements ShardSocket {
  session: ShardSession | undefined;
  readonly #alive: Deadline;
  readonly #recent: number[] = [];
  readonly #out: BoundedSend;
  #written: Promise<void> = Promise.resolve();
  #closedBy: 'client' | 'server' = 'client';
  #reason = '';

  constructor(
    private readonly socket: WebSocket,
    private readonly wire: Wire,
    readonly context: GatewayContext,
    readonly version: number,
  ) {
    this.#alive = new Deadline(context.settings.scheduler, () => this.refuse('session timed out'));
    this.#out = boundedSend(socket, MOST_WAITING, () => {
      this.#closedBy = 'server';
      this.#reason = 'it does not read';
    });
    socket.on('error', () => undefined);
    socket.on('message', (data) => this.#receive(String(data)));
    socket.once('close', (code) => this.#closed(code));
    this.heard();
    this.sendOp(10, { heartbeat_interval: context.settings.heartbeatInterval, _trace: [] });
  }

  heard(): void {
    this.#alive.set(this.context.settings.heartbeatInterval * 1.5 + GRACE);
  }

  sendOp(op: number, d: unknown): void {
    this.send(JSON.stringify({ op, d, s: null, t: null }));
  }

  send(text: string): void {
    this.#then(async () => {
      this.#out.send(await this.wire.encode(text));
    });
  }

  /** Closes after everything before it was sent. */
  close(code: number, reason: string): void {
    this.#closedBy = 'server';
    this.#reason = reason;
    this.#then(() => Promise.resolve(this.socket.close(code, reason)));
  }

  refuse(refusal: GatewayRefusal): void {
    const [code, reason] = GATEWAY_REFUSALS[refusal];
    this.close(code, reason);
  }

  drop(): void {
    this.#closedBy = 'server';
    this.socket.terminate();
  }

  #then(act: () => Promise<void>): void {
    // A write that fails was for a client that is gone.
    this.#written = this.#written.then(act).catch(() => undefined);
  }

  #receive(text: string): void {
    if (this.#closedBy === 'server') return;
    const now = this.context.settings.scheduler.now();
    while (this.#recent.length > 0 && this.#recent[0]! <= now - MINUTE) this.#recent.shift();
    this.#recent.push(now);
    if (this.#recent.length > MOST_PAYLOADS) this.refuse('rate limited');
    else if (Buffer.byteLength(text) > MOST_BYTES) this.refuse('decode error');
    else onPayload(this, text);
  }

  #closed(code: number): void {
    this.#alive.cancel();
    this.wire.close();
    const { connections, events, sessions } = this.context;
    connections.delete(this);
    events.emit({ type: 'closed', shard: this.session?.shard ?? null, code, by: this.#closedBy, reason: this.#reason });
    if (this.session !== undefined) sessions.lost(this.session, this, this.#closedBy === 'server' ? ABNORMAL : code);
  }
}
