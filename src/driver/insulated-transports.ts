/** The caller's transports, beyond the edge: however they fail, it is the loss of a socket, and that is what recovery is for. */
import { Observable, type Subscriber } from 'rxjs';
import { guarded, operateBeyond } from '../edge.js';
import { VoiceError, VoiceSocketClosedError } from '../errors.js';
import type { Operation } from '../operate.js';
import { CloseCode } from '../protocol/close-codes.js';
import type { WireMessage } from '../protocol/frames.js';
import type { Transports, UdpPort, VoiceSocket } from './ports.js';
import { UdpLost } from './recovery/fault-errors.js';

/** The same transports, which keep what `Transports` promises. A `send` that throws has lost what was to be sent. The loss of a UDP socket is an {@link UdpLost}. */
export function insulatedTransports(transports: Transports): Transports {
  return {
    socket$: (...args) => new Observable((subscriber) => hold(() => transports.socket$(...args), new HeldSocket(subscriber))),
    udp$: (...args) => new Observable((subscriber) => hold(() => transports.udp$(...args), new HeldPort(subscriber))),
  };
}

function hold<T>(open: () => Observable<T>, held: Held<T>): void {
  let opened$: Observable<T>;
  try {
    opened$ = open();
  } catch (error) {
    return held.error(error);
  }
  // Who has left while the transport was asked is not given a socket.
  if (!held.destination.closed) opened$.subscribe(operateBeyond(held));
}

/** A socket of a transport, from its opening to its loss. */
abstract class Held<T> implements Operation<T, T> {
  readonly destination: Subscriber<T>;

  constructor(destination: Subscriber<T>) {
    this.destination = destination;
  }

  next(socket: T): void {
    this.destination.next(this.guard(socket));
  }

  /** It is lost: also for what it fails to tell itself. */
  error(error: unknown): void {
    if (!this.destination.closed) this.destination.error(this.lossOf(error));
  }

  complete(): void {
    this.error(new Error('the transport completed, where it errors when the socket is lost'));
  }

  /** What it carries neither errors nor completes; where it errors all the same, the socket is of no use any more. */
  protected carried<C>(carried$: Observable<C>): Observable<C> {
    return new Observable((destination) => void carried$.subscribe(operateBeyond<C>({ destination, error: (error) => this.error(error) })));
  }

  /** What it is from here on. */
  protected abstract guard(socket: T): T;
  protected abstract lossOf(error: unknown): unknown;
}

class HeldSocket extends Held<VoiceSocket> {
  protected guard(socket: VoiceSocket): VoiceSocket {
    return {
      messages$: this.carried<WireMessage>(socket.messages$),
      send: (message) => guarded(() => socket.send(message)),
      drop: (code, reason) => {
        guarded(() => socket.drop(code, reason));
        // One that has not let go: who gives a socket up waits for it to be lost.
        this.error(new VoiceSocketClosedError(code, reason));
      },
    };
  }

  /** What is an error of ours says already what it is. */
  protected lossOf(error: unknown): VoiceError {
    if (error instanceof VoiceError) return error;
    return new VoiceSocketClosedError(CloseCode.Abnormal, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

class HeldPort extends Held<UdpPort> {
  protected guard(port: UdpPort): UdpPort {
    return { datagrams$: this.carried(port.datagrams$), send: (datagram) => guarded(() => port.send(datagram)) };
  }

  protected lossOf(error: unknown): UdpLost {
    return new UdpLost(error);
  }
}
