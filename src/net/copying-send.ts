/** Sends datagrams from memory that is used again: a buffer for each would be a third of the garbage of a session that plays. */

/** The part of a socket of `node:dgram` that is used here. */
export interface QueueingSocket {
  send(datagram: Uint8Array): void;
  /** How many datagrams wait in the process. */
  getSendQueueCount(): number;
}

/** No datagram of a call is longer. */
const MOST_BYTES = 2_048;

/** One for all sockets of this thread: a datagram that leaves within the call needs it no longer. */
let memory: Uint8Array = Buffer.allocUnsafeSlow(MOST_BYTES);
/** Views of it by their length: making one costs more than copying the bytes. */
let views: Uint8Array[] = [];

/**
 * A `send` for datagrams that are overwritten after the call; undefined if the runtime does not tell whether a socket still holds some. Node hands a
 * datagram to the kernel within the call if it can. If it cannot, because the socket is full or on some systems always, it keeps the
 * memory. That memory is then left to it, and each later datagram of the socket gets its own.
 */
export function copyingSend(socket: QueueingSocket): ((datagram: Uint8Array) => void) | undefined {
  if (!tellsQueue(socket)) return undefined;
  let keeps = false;
  return (datagram) => {
    const { length } = datagram;
    if (keeps || length > MOST_BYTES) {
      socket.send(Buffer.from(datagram));
      return;
    }
    const copy = (views[length] ??= memory.subarray(0, length));
    copy.set(datagram);
    socket.send(copy);
    if (socket.getSendQueueCount() === 0) return;
    keeps = true;
    memory = Buffer.allocUnsafeSlow(MOST_BYTES);
    views = [];
  };
}

/** Not every runtime that offers `node:dgram` has this function of Node's. */
function tellsQueue(socket: QueueingSocket): boolean {
  try {
    return socket.getSendQueueCount() >= 0;
  } catch {
    return false;
  }
}
