/** TLS connections to a voice server, trusting the system's authorities. */
import { connect, createSecureContext, TLSSocket, type DetailedPeerCertificate, type SecureContext } from 'node:tls';
import { isIP } from '../protocol/ip-address.js';

/** Creating a context costs more time than the rest of a join, and 100 KB; all sockets of the process can share one. */
let sharedContext: SecureContext | undefined;

/** @param context default: one that trusts the system's authorities */
export function connectTls(host: string, port: number, context: SecureContext = (sharedContext ??= createSecureContext())): TLSSocket {
  // No server name is sent for an IP address. RFC 6066 section 3.
  const socket = connect({ host, port, secureContext: context, servername: isIP(host) ? '' : host });
  socket.getPeerCertificate = () => namesOf(socket) ?? (getPeerCertificate.call(socket, true) as DetailedPeerCertificate);
  return socket;
}

const { getPeerCertificate } = TLSSocket.prototype;

/**
 * The only part of a certificate that Node's check of the server's name reads. By default Node converts every field of the whole chain to objects for
 * that check, which is a tenth of the cost of a join. Undefined if Node would fall back to the common name.
 */
function namesOf(socket: TLSSocket): DetailedPeerCertificate | undefined {
  const names = socket.getPeerX509Certificate()?.subjectAltName;
  return names?.includes('DNS:') ? ({ subjectaltname: names } as DetailedPeerCertificate) : undefined;
}
