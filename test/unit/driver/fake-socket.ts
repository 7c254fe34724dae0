/** A voice WebSocket in memory: messages sent are a list, messages from the server are calls. */
import { Subject } from 'rxjs';
import { Control } from '../../../src/driver/connection/control.js';
import type { VoiceSocket } from '../../../src/driver/ports.js';
import type { LogEntry } from '../../../src/log.js';
import { encodeJsonFrame, type WireMessage } from '../../../src/protocol/frames.js';
import type { VoiceGatewayVersion } from '../../../src/protocol/opcodes.js';

export class FakeSocket implements VoiceSocket {
  readonly messages$ = new Subject<WireMessage>();
  readonly sent: unknown[] = [];
  readonly dropped: [number, string][] = [];
  /** Answers a message synchronously, while it is sent. */
  onSend: (message: { readonly op: number; readonly d: unknown }) => void = () => undefined;

  send(message: WireMessage): void {
    const parsed: unknown = typeof message === 'string' ? JSON.parse(message) : [...message];
    this.sent.push(parsed);
    if (typeof message === 'string') this.onSend(parsed as { op: number; d: unknown });
  }

  drop(code: number, reason: string): void {
    this.dropped.push([code, reason]);
  }
}

export interface FakeControl {
  readonly socket: FakeSocket;
  readonly control: Control;
  readonly logged: LogEntry[];
  /** The server sends something. */
  say(op: number, d: unknown, seq?: number): void;
}

export function fakeControl({ version = 8, seq }: { version?: VoiceGatewayVersion; seq?: number } = {}): FakeControl {
  const socket = new FakeSocket();
  const logged: LogEntry[] = [];
  const control = new Control(socket, { version, log: (entry) => logged.push(entry), seq });
  return { socket, control, logged, say: (op, d, number) => control.receive(encodeJsonFrame(op, d, number)) };
}

/** What was logged as ignored. */
export function ignored(logged: readonly LogEntry[]): LogEntry[] {
  return logged.filter(({ type }) => type === 'ignored');
}

export const SERVER = {
  guildId: '10',
  channelId: '20',
  userId: '30',
  sessionId: 'session',
  token: 'secret-token',
  endpoint: 'voice.test:443',
} as const;
