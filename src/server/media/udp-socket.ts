/** The UDP socket: bound to loopback; errors of single sends are ignored. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { SchedulerLike } from 'rxjs';
import type { DiscoveredAddress } from '../../protocol/discovery.js';
import { LOOPBACK, bindAgain } from '../loopback.js';
import type { DatagramSocket } from '../sessions/region.js';
import { ReadMarks } from './read-marks.js';

/** Room for bursts of many paced senders; the kernel may give less. */
const BUFFER_BYTES = 4 * 1024 * 1024;

/** Called for each datagram. The bytes may be kept. */
export type DatagramHandler = (datagram: Buffer, from: RemoteInfo) => void;

/** An IPv4 socket on 127.0.0.1, which can release its port and bind it again. */
export class UdpSocket implements DatagramSocket {
  readonly port: number;
  #socket: Socket | undefined;
  #handler: DatagramHandler = () => undefined;
  readonly #marks: ReadMarks;

  private constructor(socket: Socket, scheduler: SchedulerLike) {
    this.port = socket.address().port;
    this.#marks = new ReadMarks((mark) => this.#socket?.send(mark, this.port, LOOPBACK), scheduler);
    this.#use(socket);
  }

  /** Binds a free port. @throws the error of node if there is none */
  static async bind(scheduler: SchedulerLike): Promise<UdpSocket> {
    return new UdpSocket(await bound(0), scheduler);
  }

  /** Sets who gets the datagrams, from now on. */
  listen(handler: DatagramHandler): void {
    this.#handler = handler;
  }

  send(datagram: Uint8Array, { address, port }: DiscoveredAddress): boolean {
    this.#socket?.send(datagram, port, address);
    return this.#socket !== undefined;
  }

  behind(act: () => void): void {
    if (this.#socket === undefined) act();
    else this.#marks.behind(act);
  }

  /** Binds the same port again, after {@link UdpSocket.close}. @throws the error of node if another process has it now */
  async reopen(): Promise<void> {
    if (this.#socket === undefined) this.#use(await bindAgain(() => bound(this.port)));
  }

  /** Releases the port; resolves when the socket is closed. */
  close(): Promise<void> {
    const socket = this.#socket;
    if (socket === undefined) return Promise.resolve();
    this.#socket = undefined;
    this.#marks.end();
    return new Promise((resolve) => socket.close(() => resolve()));
  }

  #use(socket: Socket): void {
    this.#socket = socket;
    // A failed send is a lost datagram, which is normal.
    socket.on('error', () => undefined);
    socket.on('message', (datagram, from) => {
      // It is from our own port, so it is a mark: nobody else is bound to this port.
      if (from.port === this.port) this.#marks.came(datagram);
      else this.#handler(datagram, from);
    });
  }
}

async function bound(port: number): Promise<Socket> {
  const socket = createSocket({
    type: 'udp4',
    // Every address here is numeric already: the default would ask the resolver for each datagram, asynchronously.
    lookup: (host, _options, callback) => callback(null, host, 4),
  });
  // Registered before bind(): with the lookup above, bind() emits 'listening' before it returns.
  const listening = once(socket, 'listening');
  socket.bind(port, LOOPBACK);
  await listening;
  try {
    socket.setRecvBufferSize(BUFFER_BYTES);
    socket.setSendBufferSize(BUFFER_BYTES);
  } catch {
    // Some systems refuse a size above their limit instead of using the limit; then their default stays.
  }
  return socket;
}
