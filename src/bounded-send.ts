/** What goes out by a WebSocket, and how much of it may wait: who has us speak and does not read must not fill our memory. */

/** What is needed of a WebSocket of `ws`, opened with `autoPong: false` where pings are to be answered here. */
export interface BoundableSocket {
  readonly readyState: number;
  readonly OPEN: number;
  readonly bufferedAmount: number;
  send(message: string | Uint8Array, done: (error?: Error) => void): void;
  pong(data: Buffer, mask: undefined, done: (error?: Error) => void): void;
  terminate(): void;
}

/** Two ways to write on one WebSocket. Neither throws: what cannot be sent any more is dropped, and the loss of the socket tells. */
export interface BoundedSend {
  send(message: string | Uint8Array): void;
  /** Answers a ping. */
  pong(data: Buffer): void;
}

/**
 * Writes while no more than `most` bytes wait to be read. With the first message beyond that the connection is broken off, and then
 * `stalled` called: a close frame would only wait behind all the rest.
 */
export function boundedSend(socket: BoundableSocket, most: number, stalled: () => void = () => undefined): BoundedSend {
  const write = (act: () => void): void => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount <= most) return act();
    socket.terminate();
    stalled();
  };
  // The callback keeps a failed write from being thrown.
  return {
    send: (message) => write(() => socket.send(message, () => undefined)),
    pong: (data) => write(() => socket.pong(data, undefined, () => undefined)),
  };
}
