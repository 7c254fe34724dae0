/** The voice gateway over one open WebSocket: frames in order, the last sequence number, and a way to send. */
import { Observable, Subject, type Subscriber } from 'rxjs';
import { fields, must, oneOf, type Check } from '../../checks/check.js';
import { LOG } from '../../checks/common.js';
import { silent, type Log } from '../../log.js';
import { listen } from '../../operate.js';
import { clientOpcode, parseServerFrame, type JsonFrame, type ServerFrame, type WireMessage } from '../../protocol/frames.js';
import type { Read } from '../../protocol/payloads.js';
import { GATEWAY_VERSIONS, LATEST_GATEWAY_VERSION, VoiceOp, type VoiceGatewayVersion } from '../../protocol/opcodes.js';
import type { VoiceSocket } from '../ports.js';

/**
 * The opcodes that answer one of our messages, and which. Without the question they are dropped: they could bring a second key, or downgrade the
 * version.
 */
const ANSWERS: Readonly<Record<number, string>> = {
  [VoiceOp.Ready]: 'Identify',
  [VoiceOp.SessionDescription]: 'Select Protocol',
  [VoiceOp.Resumed]: 'Resume',
};

/** Options of {@link control$}. */
export interface ControlOptions {
  /** The version requested when the WebSocket was opened. Default 8. */
  readonly version?: VoiceGatewayVersion;
  /** Called for each frame, and for each malformed message. Default: none. */
  readonly log?: Log;
  /** The last sequence number seen on the previous WebSocket, if this one resumes its session. */
  readonly seq?: number | undefined;
}

const checkOptions = fields({
  version: oneOf(GATEWAY_VERSIONS),
  log: LOG,
  seq: must('a sequence number', Number.isInteger),
} satisfies Readonly<Record<keyof ControlOptions, Check>>);

/** A subscriber that waits for all frames of an opcode, or for one. */
interface Heed<T extends object = object> {
  readonly op: number;
  readonly read: (d: unknown) => Read<T>;
  readonly subscriber: Subscriber<T>;
  readonly once: boolean;
}

/** One open voice gateway. Made by {@link control$}. */
export class Control {
  /** Every well-formed frame, in order, except answers without a question. Hot: a late subscriber misses earlier frames. */
  readonly frames$ = new Subject<ServerFrame>();
  /** The version in use: the requested one, unless Hello names a lower one. */
  version: VoiceGatewayVersion;
  /** The last sequence number seen: not the highest, because it wraps. Undefined before the first. */
  seq: number | undefined;
  readonly #socket: VoiceSocket;
  readonly #log: Log;
  /** Waiting subscribers, oldest first. A list, because a subscription to `frames$` for each would be most of the cost of a request. */
  #heeds: readonly Heed[] = [];

  constructor(socket: VoiceSocket, { version = LATEST_GATEWAY_VERSION, log = silent, seq }: ControlOptions) {
    this.#socket = socket;
    this.#log = log;
    this.version = version;
    this.seq = seq;
  }

  send(message: WireMessage): void {
    // The opcode is only read for the log.
    const op = this.#log === silent ? undefined : clientOpcode(message);
    if (op !== undefined) this.#log({ type: 'frame', direction: 'out', op, seq: null });
    this.#socket.send(message);
  }

  /** Gives up the WebSocket so that the session can be resumed. */
  drop(code: number, reason: string): void {
    this.#socket.drop(code, reason);
  }

  receive(message: WireMessage): void {
    const frame = parseServerFrame(message, this.version);
    if (frame === undefined) {
      this.#log({ type: 'ignored', what: 'frame', reason: 'malformed' });
      return;
    }
    // Recorded before the frame is handled, and for unknown opcodes too: the server must not replay what we have seen.
    if (frame.seq !== undefined) this.seq = frame.seq;
    this.#log({ type: 'frame', direction: 'in', op: frame.op, seq: frame.seq ?? null });
    const question = frame.kind === 'json' ? ANSWERS[frame.op] : undefined;
    if (question === undefined || this.#heeds.some(({ op, once }) => once && op === frame.op)) {
      this.frames$.next(frame);
      if (frame.kind === 'json') for (const heed of this.#heeds) this.#tell(heed, frame);
    } else this.#log({ type: 'ignored', what: `opcode ${frame.op}`, reason: `no ${question} is unanswered` });
  }

  /** The values that `read` finds in the frames of an opcode; frames that it rejects are logged and left out. */
  values<T extends object>(op: number, read: (d: unknown) => Read<T>): Observable<T> {
    return new Observable((subscriber) => this.#heed({ op, read, subscriber, once: false }));
  }

  /** Sends a message and emits the first answer. It listens for the answer before it sends. */
  request<T extends object>(message: WireMessage, op: number, read: (d: unknown) => Read<T>): Observable<T> {
    return new Observable((subscriber) => {
      this.#heed({ op, read, subscriber, once: true });
      this.send(message);
    });
  }

  #heed<T extends object>(heed: Heed<T>): void {
    this.#heeds = [...this.#heeds, heed as Heed];
    heed.subscriber.add(() => (this.#heeds = this.#heeds.filter((other) => other !== heed)));
  }

  #tell({ op, read, subscriber, once }: Heed, frame: JsonFrame): void {
    if (frame.op !== op || subscriber.closed) return;
    const value = read(frame.d);
    if (typeof value === 'string') return this.#log({ type: 'ignored', what: `opcode ${op}`, reason: value });
    subscriber.next(value);
    if (once) subscriber.complete();
  }
}

/**
 * The voice gateway of an open socket. Emits once, at once; then passes on the socket's messages until unsubscribed. The emission is synchronous and
 * comes before the first message: a subscriber to `frames$` in its handler misses nothing.
 *
 * ```
 * messages  ---m--x--n---    x is malformed
 * result    c------------
 * frames$   ---m-----n---
 * ```
 *
 * Errors with a VoiceOptionsError if an option is invalid.
 */
export function control$(socket: VoiceSocket, options: ControlOptions = {}): Observable<Control> {
  return new Observable((subscriber) => {
    checkOptions('', options);
    const control = new Control(socket, options);
    subscriber.next(control);
    hear(control, socket, subscriber);
  });
}

/** A separate function, so that the closure that lives on does not keep the options in memory. */
function hear(control: Control, socket: VoiceSocket, life: Subscriber<unknown>): void {
  listen(socket.messages$, life, (message) => control.receive(message));
}
