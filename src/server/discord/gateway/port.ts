/** Accepts the WebSockets of the bot gateway, on the same port as REST. */
import type { Server } from 'node:http';
import { WebSocketServer } from 'ws';
import { isWhole } from '../../whole-number.js';
import { ShardConnection } from './connection.js';
import type { GatewayContext } from './context.js';
import { GATEWAY_REFUSALS, type GatewayRefusal } from './refusals.js';
import { openWire } from './wire.js';

/** The supported versions of the API. Source: Discord docs, Reference, API Versions. */
const VERSIONS = { least: 8, most: 10 } as const;

/** Serves the bot gateway on an HTTP server. @returns closes it, and every WebSocket */
export function serveGateway(server: Server, context: GatewayContext): () => void {
  const port = new WebSocketServer({ server, perMessageDeflate: false, maxPayload: 1 << 20 });
  // A connection that could not be accepted must not affect the others.
  port.on('error', () => undefined);
  port.on('connection', (socket, { url = '' }) => {
    const query = new URLSearchParams(url.split('?', 2)[1] ?? '');
    const version = Number(query.get('v') ?? VERSIONS.most);
    const compression = query.get('compress');
    const wire = openWire(compression);
    const refusal = refusalOf(version, query.get('encoding'), wire !== undefined);
    if (refusal !== undefined || wire === undefined) {
      socket.on('error', () => undefined);
      const [code, reason] = GATEWAY_REFUSALS[refusal ?? 'no zstd'];
      socket.close(code, reason);
      return;
    }
    context.events.emit({ type: 'opened', version, compression });
    context.connections.add(new ShardConnection(socket, wire, context, version));
  });
  return () => {
    port.close();
    for (const socket of port.clients) socket.terminate();
  };
}

function refusalOf(version: number, encoding: string | null, compressible: boolean): GatewayRefusal | undefined {
  if (!isWhole(version, VERSIONS.least, VERSIONS.most)) return 'invalid version';
  if (encoding !== null && encoding !== 'json') return encoding === 'etf' ? 'no etf' : 'decode error';
  return compressible ? undefined : 'no zstd';
}
