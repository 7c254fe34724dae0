/** The caller's transports, beyond the edge: however they fail, it is the loss of a socket, and that is what recovery is for. */
import { Observable, type Subscriber } from 'rxjs';
import { guarded, insulated } from '../edge.js';
import { VoiceError, VoiceSocketClosedError } from '../errors.js';
import { CloseCode } from '../protocol/close-codes.js';
import { operate } from '../operate.js';
import type { Transports, UdpPort, VoiceSocket } from './ports.js';

/** The same transports, which keep what `Transports` promises. A `send` that throws has lost what was to be sent. */
export function insulatedTransports(transports: Transports): Transports {
  return {
    socket$: (...args) => held(() => transports.socket$(...args), voiceSocket, asClosed),
    udp$: (...args) => held(() => transports.udp$(...args), udpPort, (error) => error),
  };
}

/** A socket from its opening to its loss. `lose` is for what the socket itself fails to tell. */
function held<T>(
  open: () => Observable<T>,
  guard: (socket: T, lose: (error: unknown) => void) => T,
  lossOf: (error: unknown) => unknown,
): Observable<T> {
  return new Observable((subscriber: Subscriber<T>) => {
    const lose = (error: unknown): void => {
      if (!subscriber.closed) subscriber.error(lossOf(error));
    };
    const held = operate<T>({
      destination: subscriber,
      next: (socket) => subscriber.next(guard(socket, lose)),
      error: lose,
      complete: () => lose(new Error('the transport completed, where it errors when the socket is lost')),
    });
    let opened$: Observable<T>;
    try {
      opened$ = open();
    } catch (error) {
      return lose(error);
    }
    // Who has left while the transport was asked is not given a socket.
    insulated(opened$).subscribe(held);
  });
}

function voiceSocket(socket: VoiceSocket, lose: (error: unknown) => void): VoiceSocket {
  return {
    messages$: carried(socket.messages$, lose),
    send: (message) => guarded(() => socket.send(message)),
    drop: (code, reason) => {
      guarded(() => socket.drop(code, reason));
      // One that has not let go: who gives a socket up waits for it to be lost.
      lose(new VoiceSocketClosedError(code, reason));
    },
  };
}

function udpPort(port: UdpPort, lose: (error: unknown) => void): UdpPort {
  return { datagrams$: carried(port.datagrams$, lose), send: (datagram) => guarded(() => port.send(datagram)) };
}

/** What a socket carries neither errors nor completes; where it errors all the same, the socket is of no use any more. */
function carried<T>(carried$: Observable<T>, lose: (error: unknown) => void): Observable<T> {
  return new Observable((subscriber) => void insulated(carried$).subscribe(operate<T>({ destination: subscriber, error: lose })));
}

/** What is an error of ours says already what it is. */
function asClosed(error: unknown): VoiceError {
  if (error instanceof VoiceError) return error;
  return new VoiceSocketClosedError(CloseCode.Abnormal, error instanceof Error ? error.message : String(error), { cause: error });
}
