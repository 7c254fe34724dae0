/** Converts the endpoint that Discord names to the URL to open. */
import { VoiceEndpointError } from '../errors.js';
import { isIPv4 } from '../protocol/ip-address.js';
import type { VoiceGatewayVersion } from '../protocol/opcodes.js';

/** A host, and its port if any. An endpoint has no other parts of a URL: one with a path, a query or a user would name another server. */
const AUTHORITY = /^[^\s\x00-\x1f/\\?#@]+$/;

/**
 * `wss://{endpoint}/?v={version}`. The port is kept; none means 443. `ws://` is accepted for loopback addresses only: on a network, the token would
 * be sent in the clear.
 *
 * @throws VoiceEndpointError for anything else
 */
export function endpointUrl(endpoint: string, version: VoiceGatewayVersion): URL {
  const [, scheme = 'wss://', authority = ''] = /^([a-z][a-z\d+.-]*:\/\/)?(.*?)\/?$/is.exec(endpoint) ?? [];
  if (!AUTHORITY.test(authority)) throw refusal(endpoint, "is not 'host:port'");
  let url: URL;
  try {
    url = new URL(`${scheme}${authority}/?v=${version}`);
  } catch {
    throw refusal(endpoint, "is not 'host:port'");
  }
  if (url.protocol !== 'wss:' && !(url.protocol === 'ws:' && isLoopback(url.hostname)))
    throw refusal(endpoint, 'is not TLS; plain ws:// is for loopback addresses only');
  return url;
}

/** The part before an @ is left out: it may be a password. */
function refusal(endpoint: string, reason: string): VoiceEndpointError {
  return new VoiceEndpointError(endpoint.replace(/^(.*:\/\/)?.*@/s, '$1…@'), reason);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}
