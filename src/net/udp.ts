/** The media socket, by `node:dgram`. */
import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import { lookup } from 'node:dns';
import { Observable, Subject } from 'rxjs';
import type { UdpAddress, UdpPort } from '../driver/ports.js';
import { isIP, isIPv6 } from '../protocol/ip-address.js';

/**
 * An address is one already. Node would ask `dns.lookup`, once to bind and once to connect, which takes a tick each to say so: a third of what the
 * socket costs.
 */
const addressOf: SocketOptions['lookup'] = (host, options, found) => {
  if (isIP(host)) found(null, host, isIPv6(host) ? 6 : 4);
  else lookup(host, options, found);
};
const UDP4: SocketOptions = { type: 'udp4', lookup: addressOf };
const UDP6: SocketOptions = { type: 'udp6', lookup: addressOf };
/**
 * Bytes of datagrams that wait to be read: while this process stands still, a call of twenty-five sends 1 250 of them a second, which are some 770 bytes each to Linux. What it
 * gives by itself, 208 KiB, is full after a fifth of a second.
 */
const RECEIVE_BYTES = 1024 * 1024;

/**
 * Opens a UDP socket and connects it: the kernel then drops what others send, and a send needs no address look-up. Emits once,
 * when it is connected; errors when it is lost; unsubscribing closes it.
 *
 * ```
 * socket  -o-----x     o bound and connected, x lost
 * result  -p-----#
 * ```
 *
 * An ICMP "port unreachable" (ECONNREFUSED) is no loss: the voice server may be restarting, and the WebSocket will tell.
 */
export function udpPort$({ ip, port }: UdpAddress): Observable<UdpPort> {
  return openUdp$(ip, port, (error) => error);
}

/** {@link udpPort$}, with an error of one's own for the loss. */
export function openUdp$(ip: string, port: number, lossOf: (error: unknown) => unknown): Observable<UdpPort> {
  return new Observable((subscriber) => {
    const socket = createSocket(isIPv6(ip) ? UDP6 : UDP4);
    const datagrams$ = new Subject<Uint8Array>();
    let open = true;
    // Before it is connected: Node throws right there at a port that is none.
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
      subscriber.next({
        datagrams$: datagrams$.asObservable(),
        send: (datagram) => {
          // No callback: Node would make a tick for it, 0.4 µs of each send on Node 24. A send that fails is a datagram lost, and no more.
          if (open) socket.send(datagram);
        },
      });
    };
    // Node gives the callback an error that its types do not know of: no route to the address, most often.
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
    // Some systems refuse more than their limit instead of giving it; what they gave by themselves must do then.
  }
}
