/** Knows what the voice server has said, and holds a session's states against it: ready is ready on both sides, or it is a lie. */
import { asyncScheduler, finalize, map, Observable, tap, timer } from 'rxjs';
import type { Transports, VoiceSocket } from '../../src/driver/ports.js';
import type { VoiceState } from '../../src/index.js';
import { parseJsonFrame } from '../../src/protocol/frames.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';

export class ServerWitness {
  /** What was not as it should be. */
  readonly complaints: string[] = [];
  /** The last state the session told. */
  state: VoiceState | undefined;
  readonly transports: Transports;
  /** Of the last Ready. */
  #ssrc: number | undefined;
  /** What the server has described a key for, and hears by UDP. */
  #media: number | undefined;
  /** Whether there is a WebSocket over which this was said, or taken up again. */
  #control = false;

  /** @param transports those of the virtual server; the session is to be given the witness's own */
  constructor(transports: Transports) {
    this.transports = {
      socket$: (...args) =>
        transports.socket$(...args).pipe(
          map((socket) => this.#overheard(socket)),
          // Before the session hears of it.
          tap({ error: () => this.#down() }),
          finalize(() => this.#down()),
        ),
      udp$: (...args) => transports.udp$(...args).pipe(finalize(() => (this.#media = undefined))),
    };
  }

  /** The session tells a state. */
  told(state: VoiceState): void {
    this.state = state;
    if (state.status === 'ready' && !(this.#control && this.#media === state.ssrc))
      this.#complain(`told ready on ${state.ssrc}; the server has ${this.#media}, ${this.#control ? 'with' : 'without'} a WebSocket`);
  }

  /** A packet came on this SSRC. */
  heard(ssrc: number): void {
    const { state } = this;
    if (ssrc !== this.#media) this.#complain(`a packet of ${ssrc}, which the server does not know`);
    if (state?.status !== 'ready' && state?.status !== 'resuming') this.#complain(`a packet while ${state?.status}`);
  }

  /** The control connection is gone, or worth nothing any more: now, and not some time later, the session must say so. */
  #down(): void {
    if (!this.#control) return;
    this.#control = false;
    timer(0).subscribe(() => {
      if (!this.#control && this.state?.status === 'ready') this.#complain('still ready, after the WebSocket was lost');
    });
  }

  #up(): void {
    this.#control = true;
    timer(0).subscribe(() => {
      if (this.#control && this.state?.status !== 'ready') this.#complain(`still ${this.state?.status}, after the server was ready`);
    });
  }

  #overheard(socket: VoiceSocket): VoiceSocket {
    const messages$ = new Observable<string | Uint8Array>((subscriber) =>
      socket.messages$.subscribe({
        next: (message) => {
          const frame = typeof message === 'string' ? parseJsonFrame(message) : undefined;
          if (frame?.op === VoiceOp.Ready) this.#ssrc = (frame.d as { ssrc: number }).ssrc;
          if (frame?.op === VoiceOp.SessionDescription) this.#media = this.#ssrc;
          if (frame?.op === VoiceOp.SessionDescription || frame?.op === VoiceOp.Resumed) this.#up();
          subscriber.next(message);
        },
      }),
    );
    return { messages$, send: (message) => socket.send(message), drop: (code, reason) => socket.drop(code, reason) };
  }

  #complain(text: string): void {
    this.complaints.push(`${asyncScheduler.now()} ${text}`);
  }
}
