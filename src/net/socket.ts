/** The voice WebSocket, implemented with `ws`. */
import { Observable, Subject } from 'rxjs';
import { WebSocket, type ClientOptions, type RawData } from 'ws';
import { boundedSend } from '../bounded-send.js';
import { fields, having, oneOf, type Check } from '../checks/check.js';
import type { VoiceSocket } from '../driver/ports.js';
import { VoiceSocketClosedError } from '../errors.js';
import { CloseCode } from '../protocol/close-codes.js';
import type { WireMessage } from '../protocol/frames.js';
import { GATEWAY_VERSIONS, LATEST_GATEWAY_VERSION, type VoiceGatewayVersion } from '../protocol/opcodes.js';
import { endpointUrl } from './endpoint.js';
import { connectTls } from './tls.js';

/** How to open a voice WebSocket. */
export interface VoiceSocketOptions {
  /** The URL's parameter `v`. Default 8. */
  readonly version?: VoiceGatewayVersion;
  /** For a self-hosted server. Default: the system's authorities, in one context that all sockets share. */
  readonly tls?: TlsSettings;
}

/** What a self-hosted voice server may need; see `tls.connect` of Node for each. */
export interface TlsSettings {
  /** Certificates to trust instead of the system's authorities, as PEM. */
  readonly ca?: string | Buffer | (string | Buffer)[];
  /** The name in the certificate, if it is not the endpoint's. */
  readonly servername?: string;
  /** False accepts any certificate: for tests only. */
  readonly rejectUnauthorized?: boolean;
}

/** Node checks the settings themselves. */
export const TLS_SETTINGS = having([], 'TLS settings, such as { ca }');
const checkOptions = fields({ version: oneOf(GATEWAY_VERSIONS), tls: TLS_SETTINGS } satisfies Readonly<
  Record<keyof VoiceSocketOptions, Check>
>);

/** A Welcome for a large DAVE group is about 10 KB; no message of a voice gateway comes near this. */
const MAX_MESSAGE_BYTES = 1 << 20;
/** Bytes that may wait to be sent. Our messages fit in a few KB: more means that the server makes us answer, and does not read. */
const MAX_BUFFERED_BYTES = 1 << 20;
/** The time that the other end has to answer our close before the connection is destroyed, in ms. */
const CLOSE_TIMEOUT = 1_000;

const PLAIN: ClientOptions & { readonly closeTimeout: number } = {
  perMessageDeflate: false,
  autoPong: false,
  maxPayload: MAX_MESSAGE_BYTES,
  closeTimeout: CLOSE_TIMEOUT,
};

const BY_SYSTEM_AUTHORITIES: ClientOptions = {
  ...PLAIN,
  createConnection: (to: unknown) => {
    const { host, port } = to as { readonly host: string; readonly port: number };
    return connectTls(host, port);
  },
};

/**
 * Opens a voice WebSocket. Emits once, when it is open; errors with a VoiceSocketClosedError when it is lost or cannot be opened (1006), or when the
 * server no longer reads what is sent (4903, once 1 MiB waits); errors with a VoiceOptionsError if an option is invalid. Unsubscribing closes it with
 * 1000, which ends the voice session.
 *
 * ```
 * WebSocket  ~~~o-----x     o open, x lost
 * result     ---s-----#
 * ```
 */
export function voiceSocket$(endpoint: string, options: VoiceSocketOptions = {}): Observable<VoiceSocket> {
  return new Observable((subscriber) => {
    checkOptions('', options);
    const url = endpointUrl(endpoint, options.version ?? LATEST_GATEWAY_VERSION);
    const socket = new WebSocket(url, url.protocol !== 'wss:' ? PLAIN : options.tls === undefined ? BY_SYSTEM_AUTHORITIES : { ...options.tls, ...PLAIN });
    const messages$ = new Subject<WireMessage>();
    const { send, pong } = boundedSend(socket, MAX_BUFFERED_BYTES, () => subscriber.error(new VoiceSocketClosedError(CloseCode.SendStalled)));
    let failure: Error | undefined;

    socket.on('open', () => {
      subscriber.next({
        messages$: messages$.asObservable(),
        send,
        drop: (code, reason) => {
          socket.close(code, reason);
          subscriber.error(new VoiceSocketClosedError(code, reason));
        },
      });
    });
    socket.on('message', (data, isBinary) => messages$.next(isBinary ? toBytes(data) : String(data)));
    socket.on('ping', pong);
    socket.on('error', (error) => (failure = error));
    socket.on('close', (code, reason) => {
      subscriber.error(
        new VoiceSocketClosedError(code, reason.length > 0 ? reason.toString() : (failure?.message ?? ''), { cause: failure }),
      );
    });

    return () => {
      if (socket.readyState === WebSocket.CONNECTING) {
        // This emits an error on a socket that nobody waits for any more: the listener above handles it.
        socket.terminate();
      } else if (socket.readyState === WebSocket.OPEN) {
        socket.close(CloseCode.Normal);
      }
    };
  });
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
