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

/** The opcodes that answer something of ours, and what. Unasked they mean nothing: a second key, or a version to talk us out of another. */
const ANSWERS: Readonly<Record<number, string>> = {
  [VoiceOp.Ready]: 'Identify',
  [VoiceOp.SessionDescription]: 'Select Protocol',
  [VoiceOp.Resumed]: 'Resume',
};

/** What a {@link Control} starts from. */
export interface ControlOptions {
  /** What was asked for when the WebSocket was opened. Default 8. */
  readonly version?: VoiceGatewayVersion;
  /** Is told of each frame, and of what is malformed. Default: nobody. */
  readonly log?: Log;
  /** The last sequence number seen on the WebSocket before, when this one resumes it. */
  readonly seq?: number | undefined;
}

const checkOptions = fields({
  version: oneOf(GATEWAY_VERSIONS),
  log: LOG,
  seq: must('a sequence number', Number.isInteger),
} satisfies Readonly<Record<keyof ControlOptions, Check>>);

/** Somebody waits for frames of an opcode, or for one. */
interface Heed<T extends object = object> {
  readonly op: number;
  readonly read: (d: unknown) => Read<T>;
  readonly subscriber: Subscriber<T>;
  readonly once: boolean;
}

/** One open voice gateway. Made by {@link control$}. */
export class Control {
  /** Every well-formed frame, in order, but answers to nothing. Hot: who subscribes late has missed what came before. */
  readonly frames$ = new Subject<ServerFrame>();
  /** What the two ends speak: what we asked for, unless Hello names less. */
  version: VoiceGatewayVersion;
  /** The last sequence number seen: the last, not the highest, since it wraps. Undefined before the first. */
  seq: number | undefined;
  readonly #socket: VoiceSocket;
  readonly #log: Log;
  /** Who waits for what, the first to come first. A list, since a subscription for each would be most of what a question costs. */
  #heeds: readonly Heed[] = [];

  constructor(socket: VoiceSocket, { version = LATEST_GATEWAY_VERSION, log = silent, seq }: ControlOptions) {
    this.#socket = socket;
    this.#log = log;
    this.version = version;
    this.seq = seq;
  }

  send(message: WireMessage): void {
    // Read for the log alone.
    const op = this.#log === silent ? undefined : clientOpcode(message);
    if (op !== undefined) this.#log({ type: 'frame', direction: 'out', op, seq: null });
    this.#socket.send(message);
  }

  /** Gives the WebSocket up so that the session can be resumed. */
  drop(code: number, reason: string): void {
    this.#socket.drop(code, reason);
  }

  receive(message: WireMessage): void {
    const frame = parseServerFrame(message, this.version);
    if (frame === undefined) {
      this.#log({ type: 'ignored', what: 'frame', reason: 'malformed' });
      return;
    }
    // Before anything is made of it, and of unknown opcodes too: the server must not replay what we have seen.
    if (frame.seq !== undefined) this.seq = frame.seq;
    this.#log({ type: 'frame', direction: 'in', op: frame.op, seq: frame.seq ?? null });
    const question = frame.kind === 'json' ? ANSWERS[frame.op] : undefined;
    if (question === undefined || this.#heeds.some(({ op, once }) => once && op === frame.op)) {
      this.frames$.next(frame);
      if (frame.kind === 'json') for (const heed of this.#heeds) this.#tell(heed, frame);
    } else this.#log({ type: 'ignored', what: `opcode ${frame.op}`, reason: `no ${question} is unanswered` });
  }

  /** The values that `read` finds in the frames of an opcode; those it finds fault with are logged and left out. */
  values<T extends object>(op: number, read: (d: unknown) => Read<T>): Observable<T> {
    return new Observable((subscriber) => this.#heed({ op, read, subscriber, once: false }));
  }

  /** Sends, and emits the first answer. The answer is listened for before the question is sent. */
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
 * The voice gateway of an open socket. Emits once, at once; then hands on the socket's messages until unsubscribed. The
 * emission is synchronous and comes before the first message: what subscribes to `frames$` in answer to it misses nothing.
 *
 * ```
 * messages  ---m--x--n---    x is malformed
 * result    c------------
 * frames$   ---m-----n---
 * ```
 *
 * Errors with a VoiceOptionsError for options that are none.
 */
export function control$(socket: VoiceSocket, options: ControlOptions = {}): Observable<Control> {
  return new Observable((subscriber) => {
    checkOptions('', options);
    const control = new Control(socket, options);
    subscriber.next(control);
    hear(control, socket, subscriber);
  });
}

/** Apart, so that what stands does not hold the options. */
function hear(control: Control, socket: VoiceSocket, life: Subscriber<unknown>): void {
  listen(socket.messages$, life, (message) => control.receive(message));
}
