/** TLS towards a voice server, by the authorities of the system. */
import { connect, createSecureContext, TLSSocket, type DetailedPeerCertificate, type SecureContext } from 'node:tls';
import { isIP } from '../protocol/ip-address.js';

/** Building a context costs more than all the rest of a join, and 100 KB; every socket of the process can share one. */
let sharedContext: SecureContext | undefined;

/** @param context default: one that trusts the system's authorities */
export function connectTls(host: string, port: number, context: SecureContext = (sharedContext ??= createSecureContext())): TLSSocket {
  // No server name goes with an address. RFC 6066 section 3.
  const socket = connect({ host, port, secureContext: context, servername: isIP(host) ? '' : host });
  socket.getPeerCertificate = () => namesOf(socket) ?? (getPeerCertificate.call(socket, true) as DetailedPeerCertificate);
  return socket;
}

const { getPeerCertificate } = TLSSocket.prototype;

/**
 * All that Node's check of the server's name reads of a certificate. By itself it has every field of the whole chain made into objects for that,
 * which is a tenth of what a join costs. Undefined where it would go on to the common name.
 */
function namesOf(socket: TLSSocket): DetailedPeerCertificate | undefined {
  const names = socket.getPeerX509Certificate()?.subjectAltName;
  return names?.includes('DNS:') ? ({ subjectaltname: names } as DetailedPeerCertificate) : undefined;
}
