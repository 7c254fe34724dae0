/** Observes what a session has open and what it sends, without changing either, by wrapping its transports and its gateway. */
import { Observable } from 'rxjs';

const RTP_HEADER_BYTES = 12;
const OPUS = 0x78;
const DISCOVERY_BYTES = 74;

/** Counts open sockets of both kinds, and reports each RTP datagram. One per session. */
export class Taps {
  sockets = 0;
  udpPorts = 0;
  /** Total number of WebSockets opened. */
  opened = 0;
  /** IP discovery requests sent. */
  discoveries = 0;
  #broken = new Set();

  /**
   * @param base the transports to observe
   * @param onDatagram called with SSRC and RTP sequence of each audio datagram, just before it is sent
   */
  constructor(base, onDatagram = () => undefined) {
    this.transports = {
      socket$: (endpoint, version) =>
        new Observable((subscriber) => {
          this.sockets += 1;
          this.opened += 1;
          subscriber.add(() => (this.sockets -= 1));
          subscriber.add(base.socket$(endpoint, version).subscribe(subscriber));
        }),
      udp$: (address) =>
        new Observable((subscriber) => {
          this.udpPorts += 1;
          const fail = () => subscriber.error(Object.assign(new Error('the storm broke the UDP socket'), { code: 'ENETDOWN' }));
          this.#broken.add(fail);
          subscriber.add(() => {
            this.udpPorts -= 1;
            this.#broken.delete(fail);
          });
          const tapped = (port) => ({
            datagrams$: port.datagrams$,
            send: (datagram) => {
              if (isAudio(datagram)) onDatagram(...ssrcAndSequence(datagram));
              else if (datagram.length === DISCOVERY_BYTES) this.discoveries += 1;
              port.send(datagram);
            },
          });
          subscriber.add(
            base.udp$(address).subscribe({
              next: (port) => subscriber.next(tapped(port)),
              error: (error) => subscriber.error(error),
              complete: () => subscriber.complete(),
            }),
          );
        }),
    };
  }

  /** Breaks every current UDP socket, as the operating system may do. */
  breakUdp() {
    for (const fail of [...this.#broken]) fail();
  }
}

/** A gateway port that counts its subscriptions and the op 4 commands sent through it. */
export function tapGateway(port) {
  const counts = { subscriptions: 0, joins: 0, leaves: 0 };
  const tapped = new Observable((subscriber) => {
    counts.subscriptions += 1;
    subscriber.add(() => (counts.subscriptions -= 1));
    subscriber.add(port.subscribe(subscriber));
  });
  const next = (command) => {
    if (command.d.channel_id === null) counts.leaves += 1;
    else counts.joins += 1;
    port.next(command);
  };
  return { port: Object.assign(tapped, { next }), counts };
}

function isAudio(datagram) {
  return datagram.length > RTP_HEADER_BYTES && datagram[0] >>> 6 === 2 && (datagram[1] & 0x7f) === OPUS;
}

function ssrcAndSequence(datagram) {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  return [view.getUint32(8), view.getUint16(2)];
}
