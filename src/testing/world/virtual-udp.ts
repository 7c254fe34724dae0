/** A UDP socket without a network: the client's end, as the driver opens it. */
import { Observable, Subject } from 'rxjs';
import type { UdpPort } from '../../driver/ports.js';
import { encodeDiscoveryReply, parseDiscoveryRequest } from '../../protocol/discovery.js';
import { answerPing } from '../../protocol/keepalive.js';
import type { World } from './world.js';

const SELF_ADDRESS = { address: '203.0.113.9', port: 40_000 };

/** The server's end. */
export interface ServerUdp {
  deliver(datagram: Uint8Array): void;
  lose(error: Error): void;
}

/** The seat that the socket belongs to. */
export interface UdpSeat {
  /** Returns the function that reads the client's datagrams. */
  bound(udp: ServerUdp): (datagram: Uint8Array) => void;
  unbound(udp: ServerUdp): void;
  /** Notes that a socket was opened or closed. */
  sockets(event: string): void;
}

/** Answers IP discovery and pings; everything else goes to the seat. */
export function virtualUdp$(world: World, seat: UdpSeat): Observable<UdpPort> {
  return new Observable((subscriber) => {
    const datagrams$ = new Subject<Uint8Array>();
    const udp: ServerUdp = {
      deliver: (datagram) => datagrams$.next(datagram),
      lose: (error) => subscriber.error(error),
    };
    const read = seat.bound(udp);
    seat.sockets('udp+');
    subscriber.next({
      datagrams$,
      send: (datagram) => {
        if (subscriber.closed) return;
        const asked = parseDiscoveryRequest(datagram);
        if (asked !== undefined && !world.losesDiscovery()) {
          world.later('discovery', 1, () => datagrams$.next(encodeDiscoveryReply(asked, SELF_ADDRESS)));
        }
        const pong = answerPing(datagram);
        if (pong !== undefined) world.later('ping', 1, () => datagrams$.next(pong));
        if (asked === undefined) read(datagram);
      },
    });
    subscriber.add(() => {
      seat.unbound(udp);
      seat.sockets('udp-');
    });
  });
}
