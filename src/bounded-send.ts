/** Bounded writing to a WebSocket: a peer that makes us send and does not read must not fill our memory. */

/** The part of a `ws` WebSocket that is used here. Open it with `autoPong: false` if pings are answered through {@link BoundedSend.pong}. */
export interface BoundableSocket {
  readonly readyState: number;
  readonly OPEN: number;
  readonly bufferedAmount: number;
  send(message: string | Uint8Array, done: (error?: Error) => void): void;
  pong(data: Buffer, mask: undefined, done: (error?: Error) => void): void;
  terminate(): void;
}

/**
 * Two ways to write to one WebSocket. Neither throws: a message that can no longer be sent is dropped, and the loss of the socket is reported
 * elsewhere.
 */
export interface BoundedSend {
  send(message: string | Uint8Array): void;
  /** Answers a ping. */
  pong(data: Buffer): void;
}

/**
 * Writes as long as at most `most` bytes wait to be sent. The first message beyond that terminates the connection and calls `stalled`: a close frame
 * would only wait behind all the rest.
 */
export function boundedSend(socket: BoundableSocket, most: number, stalled: () => void = () => undefined): BoundedSend {
  const write = (act: () => void): void => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount <= most) return act();
    socket.terminate();
    stalled();
  };
  // With a callback, `ws` does not throw when a write fails.
  return {
    send: (message) => write(() => socket.send(message, () => undefined)),
    pong: (data) => write(() => socket.pong(data, undefined, () => undefined)),
  };
}
