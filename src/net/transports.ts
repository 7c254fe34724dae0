import { fields, type Check } from '../checks/check.js';
import { keepingPromises, UdpLost, type Transports } from '../driver/ports.js';
import { TLS_SETTINGS, voiceSocket$, type TlsSettings } from './socket.js';
import { openUdp$, udpPort$ } from './udp.js';

/** Settings of the default transports. */
export interface NodeTransportsOptions {
  /** TLS settings of the WebSocket, for a voice server of your own. */
  readonly tls?: TlsSettings;
}

const checkOptions = fields({ tls: TLS_SETTINGS } satisfies Readonly<Record<keyof NodeTransportsOptions, Check>>);

/** Those of all who have no settings. */
let shared: Transports | undefined;

/** {@link nodeTransports} without settings, one for all. */
export function defaultTransports(): Transports {
  return (shared ??= ownTransports());
}

/** {@link nodeTransports} that nobody has passed, but ourselves: they need no edge, which each datagram and message would pass. */
export function ownTransports(options: NodeTransportsOptions = {}): Transports {
  return keepingPromises({ ...nodeTransports(options), udp$: ({ ip, port }) => openUdp$(ip, port, (error) => new UdpLost(error)) });
}

/**
 * The default transports: `ws` and `node:dgram`.
 *
 * @throws VoiceOptionsError for options that there are not, such as a `ca` that is not in `tls`
 */
export function nodeTransports(options: NodeTransportsOptions = {}): Transports {
  checkOptions('', options);
  const { tls } = options;
  return {
    socket$: (endpoint, version) => voiceSocket$(endpoint, tls === undefined ? { version } : { version, tls }),
    udp$: udpPort$,
  };
}
