/** TLS on real loopback sockets: which names in a certificate match the server, and who is refused. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createSecureContext, createServer, type SecureContext, type TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectTls } from '../../../src/net/tls.js';

type Name = { readonly type: 2; readonly value: string } | { readonly type: 7; readonly ip: string };

/** A server whose certificate has these names. */
async function serverNamed(...altNames: Name[]): Promise<{ port: number; context: SecureContext; named: Promise<unknown> }> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  const server = createServer({ key, cert }).on('tlsClientError', () => undefined);
  const named = once(server, 'secureConnection').then(([socket]) => (socket as TLSSocket).servername as unknown);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, context: createSecureContext({ ca: cert }), named };
}

function connected(...args: Parameters<typeof connectTls>): TLSSocket {
  const socket = connectTls(...args);
  onTestFinished(() => void socket.destroy());
  return socket;
}

const LOOPBACK: readonly Name[] = [{ type: 2, value: 'localhost' }, { type: 7, ip: '127.0.0.1' }]; // prettier-ignore

describe('connectTls', () => {
  it.each([
    ['127.0.0.1', false],
    ['localhost', 'localhost'],
  ])('takes %s, which stands in the certificate', async (host, servername) => {
    const { port, context, named } = await serverNamed(...LOOPBACK);
    const socket = connected(host, port, context);
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    // No server name is sent for an IP address.
    expect(await named).toBe(servername);
  });

  it.each([
    ['another name', '127.0.0.1', { type: 2, value: 'localhost' }],
    ['another address', '127.0.0.1', { type: 7, ip: '127.0.0.2' }],
    ['another host', 'localhost', { type: 2, value: 'elsewhere.example' }],
    ['a name of more parts', 'localhost', { type: 2, value: '*.localhost' }],
  ] as const)('refuses who is known by %s, in the words of Node', async (_, host, name) => {
    const { port, context } = await serverNamed(name);
    const [error] = await once(connected(host, port, context), 'error');
    expect(error).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID', host });
  });

  it('refuses a certificate of authorities that the system does not know', async () => {
    const { port } = await serverNamed(...LOOPBACK);
    const [error] = await once(connected('127.0.0.1', port), 'error');
    expect(error).toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
  });
});
