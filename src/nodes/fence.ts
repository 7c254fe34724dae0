/** Sockets that send nothing once the right to send has expired, even if the process was stopped for a while and goes on. */
import { map } from 'rxjs';
import type { Transports, UdpPort } from '../driver/ports.js';
import { isCopying, type CopyingSink } from '../media/send/sender.js';

/** @param valid called before each datagram and message */
export function fenced({ socket$, udp$ }: Transports, valid: () => boolean): Transports {
  const guard =
    <T>(send: (what: T) => void) =>
    (what: T): void => {
      if (valid()) send(what);
    };
  return {
    socket$: (endpoint, version) => socket$(endpoint, version).pipe(map((socket) => ({ ...bound(socket), send: guard(socket.send.bind(socket)) }))),
    udp$: (address) => udp$(address).pipe(map((port) => ({ datagrams$: port.datagrams$, send: guard(port.send.bind(port)), ...copying(port, guard) }))),
  };
}

/** The port's way to send without a buffer for each datagram, if it has one. */
function copying(port: UdpPort, guard: (send: (datagram: Uint8Array) => void) => (datagram: Uint8Array) => void): Partial<CopyingSink> {
  return isCopying(port) ? { sendCopy: guard(port.sendCopy.bind(port)) } : {};
}

function bound<T extends { readonly messages$: unknown; drop(code: number, reason: string): void }>(socket: T): Pick<T, 'messages$' | 'drop'> {
  return { messages$: socket.messages$, drop: socket.drop.bind(socket) };
}
