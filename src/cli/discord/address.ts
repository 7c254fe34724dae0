/** The addresses of main gateways, and which of them may get a token. */

/** Discord's address for years; GET /gateway would return the same. */
export const DISCORD_GATEWAY = 'wss://gateway.discord.gg';

/** The address, if a token may be sent there: it never crosses a network unencrypted. Undefined for any other. */
export function gatewayAddress(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, username, password } = new URL(text);
  if (username !== '' || password !== '') return undefined;
  return protocol === 'wss:' || (protocol === 'ws:' && isLocal(text)) ? text : undefined;
}

/** Whether it is on this machine. */
export function isLocal(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
