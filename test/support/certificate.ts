/** A certificate for loopback, generated in each process, so that the repository holds no private key. */
import { generate } from 'selfsigned';

export interface LoopbackCertificate {
  /** PEM. */
  readonly key: string;
  /** PEM; self-signed, and therefore also the authority to trust. */
  readonly cert: string;
}

let made: Promise<LoopbackCertificate> | undefined;

/** An identity for 127.0.0.1 and localhost. P-256, because an RSA key would dominate the cost of a join. */
export function loopbackCertificate(): Promise<LoopbackCertificate> {
  made ??= generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  }).then(({ private: key, cert }) => ({ key, cert }));
  return made;
}

/**
 * Lets TLS clients of this process that specify no authorities accept any certificate, until the returned function is called.
 * For libraries that give no access to their TLS options; Node 20 has no way to add an authority to a running process.
 */
export function acceptAnyCertificate(): () => void {
  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  return () => {
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
  };
}
