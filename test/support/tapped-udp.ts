/** The UDP of a virtual voice server with a hand on it: what is sent is shown, and more can be said to the client. */
import { map, merge, type Observable } from 'rxjs';
import type { Transports, UdpPort } from '../../src/index.js';

/** @param said$ comes beside what the server says. @param sent is shown each datagram, and hands it on or not */
export function tappedUdp(transports: Transports, said$: Observable<Uint8Array>, sent: (datagram: Uint8Array, port: UdpPort) => void): Transports {
  const tapped = (port: UdpPort): UdpPort => ({
    datagrams$: merge(port.datagrams$, said$),
    send: (datagram) => sent(datagram, port),
  });
  return { ...transports, udp$: (address) => transports.udp$(address).pipe(map(tapped)) };
}
