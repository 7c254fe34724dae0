/** Taps the UDP of a virtual voice server: shows what the client sends, and can inject datagrams to the client. */
import { map, merge, type Observable } from 'rxjs';
import type { Transports, UdpPort } from '../../src/index.js';

/** @param said$ datagrams in addition to the server's. @param sent gets each datagram of the client, and may forward it */
export function tappedUdp(transports: Transports, said$: Observable<Uint8Array>, sent: (datagram: Uint8Array, port: UdpPort) => void): Transports {
  const tapped = (port: UdpPort): UdpPort => ({
    datagrams$: merge(port.datagrams$, said$),
    send: (datagram) => sent(datagram, port),
  });
  return { ...transports, udp$: (address) => transports.udp$(address).pipe(map(tapped)) };
}
