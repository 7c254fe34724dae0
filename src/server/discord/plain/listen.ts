/** The port of REST and the bot gateway. */
import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { LOOPBACK } from '../../loopback.js';
import type { TlsIdentity } from '../../options.js';

/** A listening port. */
export interface OpenPort {
  readonly server: Server;
  readonly number: number;
  /** Breaks every connection; resolves when none is left. */
  close(): Promise<void>;
}

/** Listens on 127.0.0.1. @param port 0: a free one @throws the error of node if that fails, or if the TLS identity is unusable */
export async function listen(tls: TlsIdentity | undefined, port: number): Promise<OpenPort> {
  const server: Server = tls === undefined ? createHttpServer() : createHttpsServer({ key: tls.key, cert: tls.cert });
  // Includes connections that have become WebSockets, and those still in their TLS handshake.
  const connections = new Set<Socket>();
  server.on('connection', (connection: Socket) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  server.listen(port, LOOPBACK);
  await once(server, 'listening');
  return {
    server,
    number: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const connection of connections) connection.destroy();
      await closed;
    },
  };
}
