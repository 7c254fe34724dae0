/** The caller's transports, behind the edge: every failure of theirs counts as the loss of a socket, which recovery handles. */
import { Observable, type Subscriber } from 'rxjs';
import { guarded, operateBeyond } from '../edge.js';
import { VoiceError, VoiceSocketClosedError } from '../errors.js';
import type { Operation } from '../operate.js';
import { CloseCode } from '../protocol/close-codes.js';
import type { WireMessage } from '../protocol/frames.js';
import { keepPromises, UdpLost, type Transports, type UdpPort, type VoiceSocket } from './ports.js';

/** One wrapper per Transports object: most sessions share theirs. */
const insulated = new WeakMap<Transports, Transports>();

/**
 * The same transports, made to keep the promises of `Transports`; our own keep them anyway. If a `send` throws, its message is lost. The loss of a
 * UDP socket is an {@link UdpLost}.
 */
export function insulatedTransports(transports: Transports): Transports {
  if (keepPromises(transports)) return transports;
  let made = insulated.get(transports);
  if (made === undefined) {
    made = {
      socket$: (...args) => new Observable((subscriber) => hold(() => transports.socket$(...args), new HeldSocket(subscriber))),
      udp$: (...args) => new Observable((subscriber) => hold(() => transports.udp$(...args), new HeldPort(subscriber))),
    };
    insulated.set(transports, made);
  }
  return made;
}

function hold<T>(open: () => Observable<T>, held: Held<T>): void {
  let opened$: Observable<T>;
  try {
    opened$ = open();
  } catch (error) {
    return held.error(error);
  }
  // A subscriber that unsubscribed during the call above gets no socket.
  if (!held.destination.closed) opened$.subscribe(operateBeyond(held));
}

/** A socket of a transport, from its opening to its loss. It is its own edge: the subscriber gets this object instead of the socket. */
abstract class Held<T> implements Operation<T, T> {
  readonly destination: Subscriber<T>;

  constructor(destination: Subscriber<T>) {
    this.destination = destination;
  }

  abstract next(socket: T): void;

  /** Reports the loss of the socket, also when the socket does not report it itself. */
  error(error: unknown): void {
    if (!this.destination.closed) this.destination.error(this.lossOf(error));
  }

  complete(): void {
    this.error(new Error('the transport completed, where it errors when the socket is lost'));
  }

  protected abstract lossOf(error: unknown): unknown;
}

class HeldSocket extends Held<VoiceSocket> implements VoiceSocket {
  #socket: VoiceSocket | undefined;

  next(socket: VoiceSocket): void {
    this.#socket = socket;
    this.destination.next(this);
  }

  get messages$(): Observable<WireMessage> {
    return carried(this.#socket!.messages$, this);
  }

  send(message: WireMessage): void {
    guarded(() => this.#socket!.send(message));
  }

  drop(code: number, reason: string): void {
    guarded(() => this.#socket!.drop(code, reason));
    // In case the socket did not error by itself: whoever drops a socket waits for its loss.
    this.error(new VoiceSocketClosedError(code, reason));
  }

  /** An error of ours is passed on unchanged. */
  protected lossOf(error: unknown): VoiceError {
    if (error instanceof VoiceError) return error;
    return new VoiceSocketClosedError(CloseCode.Abnormal, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

class HeldPort extends Held<UdpPort> implements UdpPort {
  #port: UdpPort | undefined;

  next(port: UdpPort): void {
    this.#port = port;
    this.destination.next(this);
  }

  get datagrams$(): Observable<Uint8Array> {
    return carried(this.#port!.datagrams$, this);
  }

  send(datagram: Uint8Array): void {
    guarded(() => this.#port!.send(datagram));
  }

  protected lossOf(error: unknown): UdpLost {
    return new UdpLost(error);
  }
}

/** The stream of what a socket receives must neither error nor complete; if it errors all the same, that counts as the loss of the socket. */
function carried<C>(carried$: Observable<C>, held: Pick<Held<never>, 'error'>): Observable<C> {
  return new Observable((destination) => void carried$.subscribe(operateBeyond(new Cargo<C>(destination, held))));
}

class Cargo<C> implements Operation<C, C> {
  readonly destination: Subscriber<C>;
  readonly #held: Pick<Held<never>, 'error'>;

  constructor(destination: Subscriber<C>, held: Pick<Held<never>, 'error'>) {
    this.destination = destination;
    this.#held = held;
  }

  error(error: unknown): void {
    this.#held.error(error);
  }
}
