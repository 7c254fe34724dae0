/** The WebSocket of the main gateway, by `ws`. */
import { Observable, Subject } from 'rxjs';
import { WebSocket } from 'ws';
import { boundedSend } from '../../bounded-send.js';

/** An open WebSocket of the main gateway. */
export interface GatewaySocket {
  /** Never errors and never completes: the socket's own Observable does. */
  readonly messages$: Observable<string>;
  /** Never throws. A message that can no longer be sent is dropped, and the loss of the socket is reported separately. */
  send(text: string): void;
  /** Closes the connection so that the session can be resumed: the socket's Observable errors with GatewayLost of 4900. */
  drop(reason: string): void;
}

/** The WebSocket was lost, or could not be opened. */
export class GatewayLost extends Error {
  constructor(
    /** 1006 for a connection that broke, or could not be opened. */
    readonly closeCode: number,
    /** The reason given by the server, the network or us. */
    readonly reason: string,
  ) {
    super(`closed with ${closeCode}${reason === '' ? '' : ` (${reason})`}`);
  }
}

/** The close code if we will resume: 1000 and 1001 would end the session. */
export const GIVEN_UP = 4900;
/** Large enough for READY and GUILD_CREATE of a bot in many large guilds. */
const MAX_MESSAGE_BYTES = 64 << 20;
/** We send a few hundred bytes now and then. More is buffered only if a server makes us answer, but does not read. */
const MAX_WAITING_BYTES = 1 << 20;

/**
 * Opens a WebSocket. Emits once, when it is open; errors with GatewayLost; unsubscribing closes it with 1000, which ends the session.
 *
 * ```
 * WebSocket  ~~~o-----x     o open, x lost
 * result     ---s-----#
 * ```
 */
export function gatewaySocket$(url: string): Observable<GatewaySocket> {
  return new Observable((subscriber) => {
    const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES, handshakeTimeout: 10_000 });
    const messages$ = new Subject<string>();
    const { send } = boundedSend(socket, MAX_WAITING_BYTES);
    let failure = '';
    socket.on('open', () => {
      subscriber.next({
        messages$: messages$.asObservable(),
        send,
        drop: (reason) => {
          socket.close(GIVEN_UP);
          subscriber.error(new GatewayLost(GIVEN_UP, reason));
        },
      });
    });
    socket.on('message', (data, isBinary) => {
      if (!isBinary) messages$.next(String(data));
    });
    socket.on('error', ({ message }) => (failure = message));
    socket.on('close', (code, reason) => subscriber.error(new GatewayLost(code, reason.length > 0 ? reason.toString() : failure)));
    return () => {
      if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
      else if (socket.readyState === WebSocket.OPEN) socket.close(1000);
    };
  });
}
