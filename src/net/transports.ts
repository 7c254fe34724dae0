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

/** The transports of all callers without settings. */
let shared: Transports | undefined;

/** {@link nodeTransports} without settings, shared by all. */
export function defaultTransports(): Transports {
  return (shared ??= ownTransports());
}

/** {@link nodeTransports} for our own use. They are trusted code, so datagrams and messages do not pass the edge. */
export function ownTransports(options: NodeTransportsOptions = {}): Transports {
  return keepingPromises({ ...nodeTransports(options), udp$: ({ ip, port }) => openUdp$(ip, port, (error) => new UdpLost(error)) });
}

/**
 * The default transports: `ws` and `node:dgram`.
 *
 * @throws VoiceOptionsError for unknown options, such as a `ca` outside `tls`
 */
export function nodeTransports(options: NodeTransportsOptions = {}): Transports {
  checkOptions('', options);
  const { tls } = options;
  return {
    socket$: (endpoint, version) => voiceSocket$(endpoint, tls === undefined ? { version } : { version, tls }),
    udp$: udpPort$,
  };
}
