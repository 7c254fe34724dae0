/** What the driver needs from the outside world: two kinds of socket. Each live thing is an Observable. */
import type { Observable } from 'rxjs';
import type { WireMessage } from '../protocol/frames.js';
import type { VoiceGatewayVersion } from '../protocol/opcodes.js';

/** An open voice WebSocket. */
export interface VoiceSocket {
  /** Text messages as strings, binary ones as bytes. Never errors or completes: the socket's own Observable does that. */
  readonly messages$: Observable<WireMessage>;
  /** Never throws: a message that can no longer be sent is dropped, and the loss of the socket is reported by its Observable. */
  send(message: WireMessage): void;
  /**
   * Gives the connection up in a way that lets the session be resumed: closes with `code` (not 1000, which unsubscribing
   * sends and which ends the session), and errors the socket's Observable with a VoiceSocketClosedError of that code.
   */
  drop(code: number, reason: string): void;
}

/** A UDP socket that is connected to one voice server. */
export interface UdpPort {
  readonly datagrams$: Observable<Uint8Array>;
  /** Never throws and never waits: a datagram that cannot be sent is lost, as datagrams are. */
  send(datagram: Uint8Array): void;
}

/** Where a voice server receives media: `ip` and `port` of Ready. */
export interface UdpAddress {
  readonly ip: string;
  readonly port: number;
}

/** Where sockets come from. Tests and workers pass their own. */
export interface Transports {
  /**
   * Opens a voice WebSocket. Emits once, when it is open; errors with a VoiceSocketClosedError when it is lost or cannot be
   * opened; unsubscribing closes it with 1000.
   *
   * @param endpoint `host:port`, as Discord named it
   * @param version the URL's parameter `v`
   */
  socket$(endpoint: string, version: VoiceGatewayVersion): Observable<VoiceSocket>;
  /** Opens a UDP socket towards `address`. Emits once, when it is bound; errors when it is lost; unsubscribing closes it. */
  udp$(address: UdpAddress): Observable<UdpPort>;
}

/** The UDP socket was lost, or could not be opened. */
export class UdpLost extends Error {
  constructor(cause: unknown) {
    super(`the UDP socket was lost: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** The transports that need no edge around them. */
const ours = new WeakSet<Transports>();

/**
 * Marks transports of our own as keeping the promises of `Transports`, and as reporting the loss of a UDP socket with an {@link UdpLost}. They then
 * need no edge: an edge around each socket and each of its listeners makes a tenth of the subscriptions of a join.
 */
export function keepingPromises(transports: Transports): Transports {
  ours.add(transports);
  return transports;
}

/** Whether `transports` were marked by {@link keepingPromises}. */
export function keepPromises(transports: Transports): boolean {
  return ours.has(transports);
}
