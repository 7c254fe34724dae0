/** A certificate for loopback in a file, which both clients trust through NODE_EXTRA_CA_CERTS, so that neither gets a TLS option. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export async function createIdentity() {
  // Loaded here because it takes longer than all other imports, and a run that only rejects its arguments does not need it.
  const { generate } = await import('selfsigned');
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }, { type: 7, ip: '127.0.0.1' }] },
    ],
  });
  const folder = await mkdtemp(join(tmpdir(), 'rxvoice-bench-'));
  const file = join(folder, 'ca.pem');
  await writeFile(file, cert);
  return { tls: { key, cert }, file, remove: () => rm(folder, { recursive: true, force: true }) };
}
