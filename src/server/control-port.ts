/** Listens for voice WebSockets, and negotiates the version with each. */
import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { CloseCode } from '../protocol/close-codes.js';
import { GATEWAY_VERSIONS, type VoiceGatewayVersion } from '../protocol/opcodes.js';
import { LOOPBACK } from './context.js';
import type { TlsIdentity } from './options.js';

/** No voice message comes near it. */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** Where clients connect to: bound, but not yet accepting until {@link ControlPort.accept}. */
export class ControlPort {
  readonly endpoint: string;
  // Those in the middle of a TLS handshake too, which neither the HTTP server nor the WebSocket server knows of.
  readonly #connections = new Set<Socket>();
  #closing: Promise<void> | undefined;

  private constructor(
    private readonly server: Server,
    private readonly webSockets: WebSocketServer,
    secure: boolean,
  ) {
    const { port } = server.address() as AddressInfo;
    this.endpoint = secure ? `${LOOPBACK}:${port}` : `ws://${LOOPBACK}:${port}`;
    // A connection that could not be accepted harms nobody else.
    webSockets.on('error', () => undefined);
    server.on('connection', (connection: Socket) => {
      this.#connections.add(connection);
      connection.once('close', () => this.#connections.delete(connection));
    });
  }

  /** On a free port of 127.0.0.1. @throws the error of node when that fails, or the TLS identity is unusable */
  static async listen(tls: TlsIdentity | undefined): Promise<ControlPort> {
    const server = tls === undefined ? createHttpServer() : createHttpsServer({ key: tls.key, cert: tls.cert });
    const webSockets = new WebSocketServer({ server, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
    server.listen(0, LOOPBACK);
    await once(server, 'listening');
    return new ControlPort(server, webSockets, tls !== undefined);
  }

  /** @param highest the highest version spoken. A client that asks for none we know is closed with 4012 */
  accept(highest: VoiceGatewayVersion, onSocket: (socket: WebSocket, version: VoiceGatewayVersion) => void): void {
    this.webSockets.on('connection', (socket, request) => {
      const version = negotiate(request, highest);
      if (version !== undefined) return onSocket(socket, version);
      socket.on('error', () => undefined);
      socket.close(CloseCode.UnknownProtocol, 'unknown voice gateway version');
    });
  }

  /** Breaks every connection; resolves when nothing is open. */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.webSockets.close();
      for (const socket of this.webSockets.clients) socket.terminate();
      this.server.close(() => resolve());
      for (const connection of this.#connections) connection.destroy();
    });
    return this.#closing;
  }
}

/** The lower of what the URL asks for (4 by default) and what we speak; undefined below 4 and for what is no number. */
function negotiate(request: IncomingMessage, highest: VoiceGatewayVersion): VoiceGatewayVersion | undefined {
  const query = (request.url ?? '').split('?', 2)[1] ?? '';
  const asked = new URLSearchParams(query).get('v') ?? '4';
  if (!/^\d{1,4}$/.test(asked)) return undefined;
  const version = Math.min(Number(asked), highest);
  return GATEWAY_VERSIONS.find((known) => known === version);
}
