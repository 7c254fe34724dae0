/** Records what the voice server has sent, and checks the session's states against it: `ready` must be true on both sides. */
import { asyncScheduler, finalize, map, Observable, tap, timer } from 'rxjs';
import type { Transports, VoiceSocket } from '../../src/driver/ports.js';
import type { VoiceState } from '../../src/index.js';
import { parseJsonFrame } from '../../src/protocol/frames.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';

export class ServerWitness {
  /** Descriptions of what was wrong. */
  readonly complaints: string[] = [];
  /** The last state that the session emitted. */
  state: VoiceState | undefined;
  readonly transports: Transports;
  /** The SSRC of the last Ready. */
  #ssrc: number | undefined;
  /** The SSRC for which the server has described a key, and which it hears over UDP. */
  #media: number | undefined;
  /** Whether the WebSocket on which the session was described or resumed is open. */
  #control = false;

  /** @param transports those of the virtual server; give the witness's own `transports` to the session */
  constructor(transports: Transports) {
    this.transports = {
      socket$: (...args) =>
        transports.socket$(...args).pipe(
          map((socket) => this.#overheard(socket)),
          // Before the session learns of the loss.
          tap({ error: () => this.#down() }),
          finalize(() => this.#down()),
        ),
      udp$: (...args) => transports.udp$(...args).pipe(finalize(() => (this.#media = undefined))),
    };
  }

  /** Records a state that the session emitted. */
  told(state: VoiceState): void {
    this.state = state;
    if (state.status === 'ready' && !(this.#control && this.#media === state.ssrc))
      this.#complain(`told ready on ${state.ssrc}; the server has ${this.#media}, ${this.#control ? 'with' : 'without'} a WebSocket`);
  }

  /** Records a packet on this SSRC. */
  heard(ssrc: number): void {
    const { state } = this;
    if (ssrc !== this.#media) this.#complain(`a packet of ${ssrc}, which the server does not know`);
    if (state?.status !== 'ready' && state?.status !== 'resuming') this.#complain(`a packet while ${state?.status}`);
  }

  /** The control connection is lost or no longer valid; the session must report this at once, not some time later. */
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
