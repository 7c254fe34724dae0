/** Where main gateways are, and which of them a token may be sent to. */

/** What Discord has named for years; GET /gateway would say the same. */
export const DISCORD_GATEWAY = 'wss://gateway.discord.gg';

/** The address, if a token may be sent there: it never crosses a network in the clear. Undefined for any other. */
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
