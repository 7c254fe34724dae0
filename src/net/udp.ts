/** The UDP socket of the media, with `node:dgram`. */
import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import { lookup } from 'node:dns';
import { Observable, Subject } from 'rxjs';
import type { UdpAddress, UdpPort } from '../driver/ports.js';
import { isIP, isIPv6 } from '../protocol/ip-address.js';
import { copyingSend } from './copying-send.js';

/**
 * An IP address needs no look-up. Node would call `dns.lookup` once to bind and once to connect, and each call takes a tick: a third of the
 * cost of the socket.
 */
const addressOf: SocketOptions['lookup'] = (host, options, found) => {
  if (isIP(host)) found(null, host, isIPv6(host) ? 6 : 4);
  else lookup(host, options, found);
};
const UDP4: SocketOptions = { type: 'udp4', lookup: addressOf };
const UDP6: SocketOptions = { type: 'udp6', lookup: addressOf };
/**
 * Size of the socket's receive buffer. While this process is blocked, a call of twenty-five sends 1 250 datagrams a second, and Linux counts some
 * 770 bytes for each. Its default buffer of 208 KiB is full after a fifth of a second.
 */
const RECEIVE_BYTES = 1024 * 1024;

/**
 * Opens a UDP socket and connects it: the kernel then drops datagrams from other senders, and a send needs no address look-up. Emits once,
 * when it is connected; errors when it is lost; unsubscribing closes it.
 *
 * ```
 * socket  -o-----x     o bound and connected, x lost
 * result  -p-----#
 * ```
 *
 * An ICMP "port unreachable" (ECONNREFUSED) is not a loss: the voice server may be restarting, and the WebSocket will show that.
 */
export function udpPort$({ ip, port }: UdpAddress): Observable<UdpPort> {
  return openUdp$(ip, port, (error) => error);
}

/** {@link udpPort$}, with the caller's own error for the loss. */
export function openUdp$(ip: string, port: number, lossOf: (error: unknown) => unknown): Observable<UdpPort> {
  return new Observable((subscriber) => {
    const socket = createSocket(isIPv6(ip) ? UDP6 : UDP4);
    const datagrams$ = new Subject<Uint8Array>();
    let open = true;
    // Before `connect`, because Node throws there if the port is invalid.
    subscriber.add(() => {
      open = false;
      socket.close();
    });
    socket.on('message', (datagram) => datagrams$.next(datagram));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNREFUSED' && error.syscall !== 'send') subscriber.error(lossOf(error));
    });
    const connected = (error?: Error): void => {
      if (!open) return;
      if (error !== undefined) {
        subscriber.error(lossOf(error));
        return;
      }
      makeRoom(socket);
      const sendCopy = copyingSend(socket);
      subscriber.next({
        datagrams$: datagrams$.asObservable(),
        send: (datagram) => {
          // No callback: Node would schedule a tick for it, 0.4 µs of each send on Node 24. A failed send only loses one datagram.
          if (open) socket.send(datagram);
        },
        ...(sendCopy && { sendCopy: (datagram: Uint8Array) => void (open && sendCopy(datagram)) }),
      });
    };
    // Node passes the callback an error that is missing in its types: usually that there is no route to the address.
    try {
      socket.connect(port, ip, connected);
    } catch (error) {
      subscriber.error(lossOf(error));
    }
  });
}

function makeRoom(socket: Socket): void {
  try {
    socket.setRecvBufferSize(RECEIVE_BYTES);
  } catch {
    // Some systems refuse a size above their limit instead of using the limit; then the default size must be enough.
  }
}
