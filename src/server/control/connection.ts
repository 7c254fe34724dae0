/** One voice WebSocket: its timers and its end. on-message.ts handles the messages. */
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
/** Close codes by which a client ends its session. After any other code the session can be resumed. */
const CLIENT_DONE: ReadonlySet<number> = new Set([1000, 1001]);

/** Receives the messages of a connection, in order. */
export type MessageHandler = (connection: ControlConnection, data: Buffer, isBinary: boolean) => void;

/** Lives from the accepted WebSocket to its close, whoever closes it. */
export class ControlConnection implements ControlLink {
  /** Set by Identify or Resume. */
  session: VoiceSession | undefined;
  /** Whether an Identify or Resume was accepted; its answer may still be held back by a fault. */
  authenticated = false;
  /** The user of the connection, if known. */
  userId: Snowflake | null = null;
  #open = true;
  /** While a fault stalls it: incoming and outgoing messages, in order. */
  #stalled: (() => void)[] | undefined;
  /** Bytes of the outgoing messages among them. */
  #stalledBytes = 0;
  /** The deadline of the next heartbeat. */
  readonly #heartbeatDeadline: Deadline;
  /** ms. */
  readonly #heartbeatLimit: number;
  #identifyTimer = Subscription.EMPTY;
  /** How many of its messages wait for datagrams that arrived before them. */
  #waiting = 0;

  constructor(
    /** Unique at this server, from 1. */
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
    // An Identify may have arrived and wait for datagrams.
    this.#identifyTimer = deadline(identifyTimeout, scheduler, () => (this.#waiting === 0 ? neverIdentified() : this.#behindDatagrams(neverIdentified)));
    // Messages that arrive after we have closed are ignored.
    socket.on('message', (data: RawData, isBinary: boolean) => {
      const take = (): void => this.defer(() => onMessage(this, data as Buffer, isBinary));
      // An Identify may end another session, so it waits for the datagrams before it; later messages need not.
      if (this.authenticated && this.#waiting === 0) take();
      else this.#behindDatagrams(take);
    });
    // Datagrams that a client sent before it closed are handled first.
    socket.on('close', (code: number) => this.#behindDatagrams(() => this.#onClose(code)));
    // An oversized or malformed frame: ws closes the socket with its own code, and 'close' follows.
    socket.on('error', () => undefined);
    context.events.emit({ type: 'opened', ...this.about, connection: number, version });
    if (this.refusedAt('hello')) return;
    // Before Hello the client does not know the heartbeat interval; until then the deadline for Identify applies.
    context.faults.stages.pass('hello', () => {
      if (this.#open) this.#heartbeatDeadline.set(this.#heartbeatLimit);
      this.send(encodeJsonFrame(VoiceOp.Hello, { heartbeat_interval: heartbeatInterval, v: version }));
      this.afterSending('hello');
    });
  }

  /** Whether messages can still be sent. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** The user and guild for its events. */
  get about(): { readonly userId: Snowflake | null; readonly guildId: Snowflake | null } {
    return { userId: this.session?.userId ?? null, guildId: this.session?.guildId ?? null };
  }

  /** Does nothing once the socket is closed. A client that does not read loses the connection; the message can still be replayed. */
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

  /** Whether a fault ends the connection at this stage. */
  refusedAt(stage: RefusedStage): boolean {
    const code = this.context.faults.refusals.take(stage, this.userId);
    if (code === undefined) return false;
    this.context.events.emit({ type: 'refused', stage, code, ...this.about });
    breakOff(this, code, `${stage} refused`);
    return true;
  }

  /** The message was sent; a fault may end the connection after it. */
  afterSending(message: AnnouncedMessage): void {
    const code = this.context.faults.afterwards.take(message, this.userId);
    if (code !== undefined) breakOff(this, code, `a fault after ${message}`);
  }

  /**
   * `true`: the socket stays open but is dead: nothing is read, and what is sent waits. `false`: everything continues in order, as after a
   * stalled network. Heartbeats are not expected during the stall.
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

  /** A heartbeat has arrived. */
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

  /** Calls `act` now, or when the stall is over, unless the connection is closed by then. */
  defer(act: () => void): void {
    this.#now(() => {
      if (this.#open) act();
    });
  }

  /** Calls `act` now, or when the stall is over. */
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
