/** From the endpoint Discord names to the URL to open. */
import { VoiceUnsupportedError } from '../errors.js';
import { isIPv4 } from '../protocol/ip-address.js';
import type { VoiceGatewayVersion } from '../protocol/opcodes.js';

/**
 * `wss://{endpoint}/?v={version}`. The port is kept; none means 443. `ws://` is accepted for loopback addresses only: the token
 * would cross a network in the clear.
 */
export function endpointUrl(endpoint: string, version: VoiceGatewayVersion): URL {
  let url: URL;
  try {
    url = new URL(endpoint.includes('://') ? endpoint : `wss://${endpoint}`);
  } catch {
    throw new VoiceUnsupportedError('encryption', `the endpoint '${endpoint}' is not 'host:port'`);
  }
  if (url.protocol !== 'wss:' && !(url.protocol === 'ws:' && isLoopback(url.hostname)))
    throw new VoiceUnsupportedError('encryption', `the endpoint '${endpoint}' is not TLS; plain ws:// is for loopback addresses only`);
  url.hash = '';
  url.searchParams.set('v', String(version));
  return url;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}
