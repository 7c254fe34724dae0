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
 * The commit that founds a group of 200 has some 90 KB: 34 bytes for each whom it adds, and 400 in its Welcome. This is room for ten times
 * as many, and what our own client reads.
 */
const MAX_MESSAGE_BYTES = 1 << 20;

/** Answers an HTTP upgrade: with the WebSocket, or with a status instead. */
export type UpgradeVerdict = (status?: number) => void;

/** What becomes of those who come. */
export interface ControlHandlers {
  /** The verdict may be given later. */
  readonly onUpgrade: (verdict: UpgradeVerdict) => void;
  readonly onSocket: (socket: WebSocket, version: VoiceGatewayVersion) => void;
}

/** Where clients connect to: bound, but not yet accepting until {@link ControlPort.accept}. */
export class ControlPort {
  readonly endpoint: string;
  readonly #port: number;
  // Those in the middle of a TLS handshake too, which neither the HTTP server nor the WebSocket server knows of.
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
    // A connection that could not be accepted harms nobody else.
    this.#webSockets.on('error', () => undefined);
    server.on('connection', (connection: Socket) => {
      this.#connections.add(connection);
      connection.once('close', () => this.#connections.delete(connection));
    });
  }

  /** On a free port of 127.0.0.1. @param host names it in the endpoint @throws the error of node when that fails, or the TLS identity is unusable */
  static async listen(tls: TlsIdentity | undefined, host: string): Promise<ControlPort> {
    const server = tls === undefined ? createHttpServer(upgradeRequired) : createHttpsServer({ key: tls.key, cert: tls.cert }, upgradeRequired);
    server.listen(0, LOOPBACK);
    await once(server, 'listening');
    return new ControlPort(server, tls !== undefined, host);
  }

  /** @param highest the highest version spoken. A client that asks for none we know is closed with 4012 */
  accept(highest: VoiceGatewayVersion, { onUpgrade, onSocket }: ControlHandlers): void {
    this.#onUpgrade = onUpgrade;
    this.#webSockets.on('connection', (socket, request) => {
      const version = negotiate(request, highest);
      if (version !== undefined) return onSocket(socket, version);
      socket.on('error', () => undefined);
      socket.close(REFUSALS['unknown-version'].code, 'unknown voice gateway version');
    });
  }

  /** Resets every connection and lets go of the port: who connects now is refused. Resolves when nothing is open. */
  async shut(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const connection of this.#connections) connection.resetAndDestroy();
    await closed;
  }

  /** Listens again, on the same port. @throws the error of node when somebody else has it now */
  async reopen(): Promise<void> {
    if (this.server.listening) return;
    await bindAgain(async () => {
      this.server.listen(this.#port, LOOPBACK);
      await once(this.server, 'listening');
    });
  }

  /** Breaks every connection; resolves when nothing is open. For good. */
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

/** Who comes by plain HTTP is told what is spoken here. */
function upgradeRequired(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(REFUSALS['plain-http'].code, { Connection: 'Upgrade', Upgrade: 'websocket', 'Content-Type': 'text/plain' });
  response.end('This is a voice gateway: it speaks WebSocket.\n');
}

/** The lower of what the URL asks for (4 by default) and what we speak; undefined below 4 and for what is no number. */
function negotiate(request: IncomingMessage, highest: VoiceGatewayVersion): VoiceGatewayVersion | undefined {
  const query = (request.url ?? '').split('?', 2)[1] ?? '';
  const asked = new URLSearchParams(query).get('v') ?? '4';
  if (!/^\d{1,4}$/.test(asked)) return undefined;
  const version = Math.min(Number(asked), highest);
  return GATEWAY_VERSIONS.find((known) => known === version);
}
