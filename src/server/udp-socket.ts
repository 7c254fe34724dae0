/** The UDP socket: bound to loopback, deaf to errors of single sends. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { DiscoveredAddress } from '../protocol/discovery.js';
import { LOOPBACK } from './context.js';

/** Room for the bursts of many paced senders; the kernel may give less. */
const BUFFER_BYTES = 4 * 1024 * 1024;

/** Called for each datagram. The bytes may be kept. */
export type DatagramHandler = (datagram: Buffer, from: RemoteInfo) => void;

/** An IPv4 socket on 127.0.0.1. */
export class UdpSocket {
  readonly port: number;
  #open = true;

  private constructor(private readonly socket: Socket) {
    this.port = socket.address().port;
    // A send that fails is a lost datagram, and a lost datagram is nothing special.
    socket.on('error', () => undefined);
  }

  /** On a free port. @throws the error of node when there is none */
  static async bind(): Promise<UdpSocket> {
    const socket = createSocket({
      type: 'udp4',
      // Every address here is one already: the default would ask the resolver for each datagram, asynchronously.
      lookup: (host, _options, callback) => callback(null, host, 4),
    });
    // Asked for first: with the lookup above, bind() emits it before it returns.
    const listening = once(socket, 'listening');
    socket.bind(0, LOOPBACK);
    await listening;
    try {
      socket.setRecvBufferSize(BUFFER_BYTES);
      socket.setSendBufferSize(BUFFER_BYTES);
    } catch {
      // Some systems refuse more than their limit instead of giving it; what they gave by themselves must do then.
    }
    return new UdpSocket(socket);
  }

  listen(handler: DatagramHandler): void {
    this.socket.on('message', handler);
  }

  /** Sends and forgets; nothing happens after {@link UdpSocket.close}. */
  send(datagram: Uint8Array, { address, port }: DiscoveredAddress): void {
    if (this.#open) this.socket.send(datagram, port, address);
  }

  /** Resolves when the socket is closed. */
  close(): Promise<void> {
    if (!this.#open) return Promise.resolve();
    this.#open = false;
    return new Promise((resolve) => this.socket.close(() => resolve()));
  }
}
