/** The bot's token: where it comes from, and what is wrong with one that cannot be one. No text of ours repeats it. */

/** The one place that it is taken from. An argument would stand in the list of processes, and in the history of the shell. */
export const TOKEN_VARIABLE = 'DISCORD_TOKEN';

/** What is wrong with a token, and what to do. */
export interface TokenFault {
  readonly what: string;
  readonly cure: string;
}

const COPY = 'copy it anew from the Developer Portal, Bot, Reset Token';

/** Undefined for what may be one. Only Discord knows whether it is. */
export function tokenFault(token: string): TokenFault | undefined {
  if (/^Bot /i.test(token)) return { what: "begins with 'Bot '", cure: 'leave that out: it belongs to HTTP headers, not to the token' };
  if (/^\s|\s$|^["']|["']$/.test(token)) return { what: 'has blanks or quotes around it', cure: 'leave them out' };
  if (/[^\x21-\x7e]/.test(token)) return { what: 'has characters in it that no token has', cure: COPY };
  return undefined;
}
