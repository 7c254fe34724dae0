/** One voice WebSocket: its timers and its end. What the messages mean is the affair of control-protocol.ts. */
import { Subscription } from 'rxjs';
import type { RawData, WebSocket } from 'ws';
import { CloseCode, closeCodeFacts } from '../protocol/close-codes.js';
import { encodeJsonFrame } from '../protocol/frames.js';
import type { WireMessage } from '../protocol/frames.js';
import { VoiceOp, type VoiceGatewayVersion } from '../protocol/opcodes.js';
import { onBinaryMessage, onTextMessage } from './control-protocol.js';
import type { ServerContext } from './context.js';
import type { VoiceSession, ControlLink } from './voice-session.js';
import { Watchdog } from './watchdog.js';

/** Milliseconds beyond one and a half heartbeat intervals. */
const HEARTBEAT_SLACK = 2_000;
/** Codes by which a client says that it is done: its session ends. Everything else leaves it to be resumed. */
const CLIENT_DONE: ReadonlySet<number> = new Set([1000, 1001]);

/** From the accepted WebSocket to its close, whoever closes it. */
export class ControlConnection implements ControlLink {
  /** Set by Identify or Resume. */
  session: VoiceSession | undefined;
  /** Whether an Identify or Resume was accepted; its answer may still be held back by a fault. */
  authenticated = false;
  #open = true;
  readonly #heartbeats: Watchdog;
  #identifyTimer = Subscription.EMPTY;

  constructor(
    private readonly socket: WebSocket,
    readonly version: VoiceGatewayVersion,
    readonly context: ServerContext,
  ) {
    const { scheduler, heartbeatInterval, identifyTimeout } = context.settings;
    this.#heartbeats = new Watchdog(heartbeatInterval * 1.5 + HEARTBEAT_SLACK, scheduler, () =>
      this.close(CloseCode.SessionTimeout, 'no heartbeat'),
    );
    this.#identifyTimer = scheduler.schedule(() => {
      if (!this.authenticated) this.close(CloseCode.NotAuthenticated, 'no Identify or Resume');
    }, identifyTimeout);
    socket.on('message', (data: RawData, isBinary: boolean) => this.#onMessage(data as Buffer, isBinary));
    socket.on('close', (code: number) => this.#onClose(code));
    // An oversized or malformed frame: ws closes the socket with its own code, and 'close' follows.
    socket.on('error', () => undefined);
    context.events.emit({ type: 'opened', ...this.about, version });
    context.faults.stages.pass('hello', () =>
      this.send(encodeJsonFrame(VoiceOp.Hello, { heartbeat_interval: heartbeatInterval, v: version })),
    );
  }

  /** Whether it may still be answered. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Whom its events are about. */
  get about(): { readonly userId: string | null; readonly guildId: string | null } {
    return { userId: this.session?.userId ?? null, guildId: this.session?.guildId ?? null };
  }

  send(message: WireMessage): void {
    if (this.#open) this.socket.send(message);
  }

  /** A heartbeat came. */
  feedWatchdog(): void {
    this.#heartbeats.feed();
  }

  close(code: number, reason: string): void {
    if (!this.#open) return;
    this.#end(code, 'server');
    this.socket.close(code, reason);
  }

  drop(): void {
    if (this.#open) this.#end(CloseCode.Abnormal, 'server');
    this.socket.terminate();
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    // What was under way when we closed is no longer of interest.
    if (!this.#open) return;
    if (isBinary) onBinaryMessage(this, data);
    else onTextMessage(this, data.toString());
  }

  #onClose(code: number): void {
    if (this.#open) this.#end(code, 'client');
  }

  #end(code: number, by: 'server' | 'client'): void {
    this.#open = false;
    this.#heartbeats.stop();
    this.#identifyTimer.unsubscribe();
    this.context.events.emit({ type: 'close', ...this.about, code, by });
    const { session, context } = this;
    if (session === undefined || session.link !== this) return;
    const resumable = by === 'client' ? !CLIENT_DONE.has(code) : closeCodeFacts(code).action === 'resume';
    context.registry.suspend(session);
    if (!resumable) context.registry.end(session, code, '');
  }
}
