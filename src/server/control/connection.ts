/** One voice WebSocket: its timers and its end. What the messages mean is the affair of on-message.ts. */
import { Subscription } from 'rxjs';
import type { RawData, WebSocket } from 'ws';
import { deadline } from '../../deadline.js';
import { CloseCode, closeCodeFacts } from '../../protocol/close-codes.js';
import { encodeJsonFrame, type WireMessage } from '../../protocol/frames.js';
import { VoiceOp, type VoiceGatewayVersion } from '../../protocol/opcodes.js';
import type { Snowflake } from '../../types.js';
import type { AnnouncedMessage, RefusedStage } from '../faults/stages.js';
import { REFUSALS, type RefusalName } from '../rules/refusals.js';
import type { ControlLink } from '../sessions/control-link.js';
import type { Region } from '../sessions/region.js';
import type { VoiceSession } from '../sessions/voice-session.js';
import { Deadline } from '../timers.js';
import { breakOff } from './break-off.js';
import type { ControlContext } from './context.js';

/** Milliseconds beyond one and a half heartbeat intervals. */
const HEARTBEAT_SLACK = 2_000;
/** Codes by which a client says that it is done: its session ends. Everything else leaves it to be resumed. */
const CLIENT_DONE: ReadonlySet<number> = new Set([1000, 1001]);

/** Is given what comes on a connection, in order. */
export type MessageHandler = (connection: ControlConnection, data: Buffer, isBinary: boolean) => void;

/** From the accepted WebSocket to its close, whoever closes it. */
export class ControlConnection implements ControlLink {
  /** Set by Identify or Resume. */
  session: VoiceSession | undefined;
  /** Whether an Identify or Resume was accepted; its answer may still be held back by a fault. */
  authenticated = false;
  /** Whose it is, as far as that was said. */
  userId: Snowflake | null = null;
  #open = true;
  /** While a fault has stalled it: what came and what was to go out, in order. */
  #stalled: (() => void)[] | undefined;
  /** Of the messages among them that were to go out. */
  #stalledBytes = 0;
  /** When the next heartbeat is overdue. */
  readonly #heartbeatDeadline: Deadline;
  /** ms. */
  readonly #heartbeatLimit: number;
  #identifyTimer = Subscription.EMPTY;
  /** How many of its messages wait for datagrams that came before them. */
  #waiting = 0;

  constructor(
    /** Its own at this server, from 1. */
    readonly number: number,
    private readonly socket: WebSocket,
    readonly version: VoiceGatewayVersion,
    readonly region: Region,
    readonly context: ControlContext,
    onMessage: MessageHandler,
  ) {
    const { scheduler, heartbeatInterval, identifyTimeout } = context.settings;
    this.#heartbeatLimit = heartbeatInterval * 1.5 + HEARTBEAT_SLACK;
    this.#heartbeatDeadline = new Deadline(scheduler, () => this.refuse('no-heartbeat'));
    const neverIdentified = (): void => {
      if (!this.authenticated) this.refuse('never-identified');
    };
    // One that has come may wait for datagrams.
    this.#identifyTimer = deadline(identifyTimeout, scheduler, () => (this.#waiting === 0 ? neverIdentified() : this.#behindDatagrams(neverIdentified)));
    // What was under way when we closed is no longer of interest.
    socket.on('message', (data: RawData, isBinary: boolean) => {
      const take = (): void => this.defer(() => onMessage(this, data as Buffer, isBinary));
      // An Identify may end another session, and after it everything is in its place.
      if (this.authenticated && this.#waiting === 0) take();
      else this.#behindDatagrams(take);
    });
    // What a client has sent before it goes is still to be heard.
    socket.on('close', (code: number) => this.#behindDatagrams(() => this.#onClose(code)));
    // An oversized or malformed frame: ws closes the socket with its own code, and 'close' follows.
    socket.on('error', () => undefined);
    context.events.emit({ type: 'opened', ...this.about, connection: number, version });
    if (this.refusedAt('hello')) return;
    // Before Hello nobody knows how often to beat; until then the deadline for Identify holds.
    context.faults.stages.pass('hello', () => {
      if (this.#open) this.#heartbeatDeadline.set(this.#heartbeatLimit);
      this.send(encodeJsonFrame(VoiceOp.Hello, { heartbeat_interval: heartbeatInterval, v: version }));
      this.afterSending('hello');
    });
  }

  /** Whether it may still be answered. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Whom its events are about. */
  get about(): { readonly userId: Snowflake | null; readonly guildId: Snowflake | null } {
    return { userId: this.session?.userId ?? null, guildId: this.session?.guildId ?? null };
  }

  /** Does nothing once the socket is closed. Whoever does not read loses the connection: the message stays to be replayed. */
  send(message: WireMessage): void {
    if (!this.#open) return;
    if (this.#stalled === undefined) this.socket.send(message);
    else {
      this.#stalledBytes += message.length;
      this.#stalled.push(() => this.socket.send(message));
    }
    if (this.socket.bufferedAmount + this.#stalledBytes > this.context.settings.sendQueue) this.refuse('slow-reader');
  }

  /** Ends the connection by a rule of the server. */
  refuse(name: RefusalName, detail: string = name): void {
    breakOff(this, REFUSALS[name].code, detail);
  }

  /** Whether a fault ends the connection here, instead of letting it go on. */
  refusedAt(stage: RefusedStage): boolean {
    const code = this.context.faults.refusals.take(stage, this.userId);
    if (code === undefined) return false;
    this.context.events.emit({ type: 'refused', stage, code, ...this.about });
    breakOff(this, code, `${stage} refused`);
    return true;
  }

  /** The message was sent; a fault may have it be the last. */
  afterSending(message: AnnouncedMessage): void {
    const code = this.context.faults.afterwards.take(message, this.userId);
    if (code !== undefined) breakOff(this, code, `a fault after ${message}`);
  }

  /**
   * Open, but dead: nothing is read, and what is sent waits. `false`: everything goes on in order, as after a stall of the
   * network. The heartbeats do not count meanwhile.
   */
  stall(on: boolean): void {
    if (on === (this.#stalled !== undefined)) return;
    if (on) {
      if (!this.#open) return;
      this.#stalled = [];
      this.#identifyTimer.unsubscribe();
      this.#heartbeatDeadline.cancel();
      this.socket.pause();
      return;
    }
    const waiting = this.#stalled ?? [];
    this.#stalled = undefined;
    this.#stalledBytes = 0;
    if (this.#open) this.#heartbeatDeadline.set(this.#heartbeatLimit);
    this.socket.resume();
    for (const act of waiting) act();
  }

  /** A heartbeat came. */
  heartbeatCame(): void {
    this.#heartbeatDeadline.putOff(this.#heartbeatLimit);
  }

  close(code: number, reason: string): void {
    if (!this.#open) return;
    this.#end(code, 'server');
    this.#now(() => this.socket.close(code, reason));
  }

  drop(): void {
    if (this.#open) this.#end(CloseCode.Abnormal, 'server');
    this.socket.terminate();
  }

  /** Now, or when the stall is over, unless it is closed by then. */
  defer(act: () => void): void {
    this.#now(() => {
      if (this.#open) act();
    });
  }

  /** Now, or when the stall is over. */
  #now(act: () => void): void {
    if (this.#stalled === undefined) act();
    else this.#stalled.push(act);
  }

  #behindDatagrams(act: () => void): void {
    this.#waiting += 1;
    this.region.udp.behind(() => {
      this.#waiting -= 1;
      act();
    });
  }

  #onClose(code: number): void {
    if (this.#open) this.#end(code, 'client');
  }

  #end(code: number, by: 'server' | 'client'): void {
    this.#open = false;
    this.#heartbeatDeadline.cancel();
    this.#identifyTimer.unsubscribe();
    this.context.events.emit({ type: 'close', ...this.about, connection: this.number, code, by });
    const { session, context } = this;
    if (session === undefined || session.link !== this) return;
    const resumable = by === 'client' ? !CLIENT_DONE.has(code) : closeCodeFacts(code).action === 'resume';
    context.registry.suspend(session);
    if (!resumable) context.registry.end(session, code, '');
  }
}
