/** Listens for voice WebSockets, and negotiates the version with each. */
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { GATEWAY_VERSIONS, type VoiceGatewayVersion } from '../../protocol/opcodes.js';
import { bindAgain, LOOPBACK } from '../loopback.js';
import type { TlsIdentity } from '../options.js';
import { REFUSALS } from '../rules/refusals.js';

/**
 * The commit that founds a group of 200 has about 90 KB: 34 bytes for each added member, and 400 in its Welcome. This limit allows ten times as many
 * members, and is the limit of our own client too.
 */
const MAX_MESSAGE_BYTES = 1 << 20;

/** Answers an HTTP upgrade: with the WebSocket, or with a status instead. */
export type UpgradeVerdict = (status?: number) => void;

/** What is done with new connections. */
export interface ControlHandlers {
  /** The verdict may be given later. */
  readonly onUpgrade: (verdict: UpgradeVerdict) => void;
  readonly onSocket: (socket: WebSocket, version: VoiceGatewayVersion) => void;
}

/** The port that clients connect to: bound, but not yet accepting until {@link ControlPort.accept}. */
export class ControlPort {
  readonly endpoint: string;
  readonly #port: number;
  // Includes connections that are still in their TLS handshake: neither the HTTP server nor the WebSocket server knows those.
  readonly #connections = new Set<Socket>();
  readonly #webSockets: WebSocketServer;
  #onUpgrade: ControlHandlers['onUpgrade'] = (verdict) => verdict();

  private constructor(
    private readonly server: Server,
    secure: boolean,
    host: string,
  ) {
    this.#port = (server.address() as AddressInfo).port;
    this.endpoint = secure ? `${host}:${this.#port}` : `ws://${host}:${this.#port}`;
    this.#webSockets = new WebSocketServer({
      server,
      maxPayload: MAX_MESSAGE_BYTES,
      perMessageDeflate: false,
      verifyClient: (_, answer) => this.#onUpgrade((status) => answer(status === undefined, status)),
    });
    // A connection that could not be accepted must not affect the others.
    this.#webSockets.on('error', () => undefined);
    server.on('connection', (connection: Socket) => {
      this.#connections.add(connection);
      connection.once('close', () => this.#connections.delete(connection));
    });
  }

  /** Listens on a free port of 127.0.0.1. @param host names it in the endpoint @throws the error of node if that, or the TLS identity, fails */
  static async listen(tls: TlsIdentity | undefined, host: string): Promise<ControlPort> {
    const server = tls === undefined ? createHttpServer(upgradeRequired) : createHttpsServer({ key: tls.key, cert: tls.cert }, upgradeRequired);
    server.listen(0, LOOPBACK);
    await once(server, 'listening');
    return new ControlPort(server, tls !== undefined, host);
  }

  /** @param highest the highest version spoken. A client that asks for an unknown version is closed with 4012 */
  accept(highest: VoiceGatewayVersion, { onUpgrade, onSocket }: ControlHandlers): void {
    this.#onUpgrade = onUpgrade;
    this.#webSockets.on('connection', (socket, request) => {
      const version = negotiate(request, highest);
      if (version !== undefined) return onSocket(socket, version);
      socket.on('error', () => undefined);
      socket.close(REFUSALS['unknown-version'].code, 'unknown voice gateway version');
    });
  }

  /** Resets every connection and releases the port: new connections are refused. Resolves when nothing is open. */
  async shut(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const connection of this.#connections) connection.resetAndDestroy();
    await closed;
  }

  /** Listens again, on the same port. @throws the error of node if another process has it now */
  async reopen(): Promise<void> {
    if (this.server.listening) return;
    await bindAgain(async () => {
      this.server.listen(this.#port, LOOPBACK);
      await once(this.server, 'listening');
    });
  }

  /** Breaks every connection; resolves when nothing is open. The port cannot be reopened. */
  async close(): Promise<void> {
    this.#webSockets.close();
    for (const socket of this.#webSockets.clients) socket.terminate();
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const connection of this.#connections) connection.destroy();
    await closed;
  }
}

/** Answers a plain HTTP request with a hint that this port speaks WebSocket. */
function upgradeRequired(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(REFUSALS['plain-http'].code, { Connection: 'Upgrade', Upgrade: 'websocket', 'Content-Type': 'text/plain' });
  response.end('This is a voice gateway: it speaks WebSocket.\n');
}

/** The lower of the version in the URL (4 by default) and our highest; undefined if that is below 4 or not a number. */
function negotiate(request: IncomingMessage, highest: VoiceGatewayVersion): VoiceGatewayVersion | undefined {
  const query = (request.url ?? '').split('?', 2)[1] ?? '';
  const asked = new URLSearchParams(query).get('v') ?? '4';
  if (!/^\d{1,4}$/.test(asked)) return undefined;
  const version = Math.min(Number(asked), highest);
  return GATEWAY_VERSIONS.find((known) => known === version);
}
