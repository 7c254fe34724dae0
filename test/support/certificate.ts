/** A certificate for loopback, made anew in each process: no private key lies in the repository. */
import { generate } from 'selfsigned';

export interface LoopbackCertificate {
  /** PEM. */
  readonly key: string;
  /** PEM; it signed itself, and so is also the authority to trust. */
  readonly cert: string;
}

let made: Promise<LoopbackCertificate> | undefined;

/** An identity for 127.0.0.1 and localhost. P-256: an RSA key would be most of what a join costs. */
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
 * Lets TLS clients of this process that name no authorities of their own take any certificate, until the returned function is
 * called. For libraries that give no access to their TLS options; Node 20 has no way to add an authority to a running process.
 */
export function acceptAnyCertificate(): () => void {
  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  return () => {
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
  };
}
