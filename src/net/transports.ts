import type { Transports } from '../driver/ports.js';
import { voiceSocket$, type TlsSettings } from './socket.js';
import { udpPort$ } from './udp.js';

/** Settings of the default transports. */
export interface NodeTransportsOptions {
  /** TLS settings of the WebSocket, for a voice server of your own. */
  readonly tls?: TlsSettings;
}

/** The default transports: `ws` and `node:dgram`. */
export function nodeTransports({ tls }: NodeTransportsOptions = {}): Transports {
  return {
    socket$: (endpoint, version) => voiceSocket$(endpoint, tls === undefined ? { version } : { version, tls }),
    udp$: udpPort$,
  };
}
