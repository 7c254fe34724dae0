/** The bot's token: its source, and why a text cannot be one. None of our messages contains it. */

/** The only source of the token. An argument would be visible in the list of processes, and in the history of the shell. */
export const TOKEN_VARIABLE = 'DISCORD_TOKEN';

/** Why a text cannot be a token, and what to do. */
export interface TokenFault {
  readonly what: string;
  readonly cure: string;
}

const COPY = 'copy it anew from the Developer Portal, Bot, Reset Token';

/** Undefined if the text may be a token. Only Discord knows whether it is valid. */
export function tokenFault(token: string): TokenFault | undefined {
  if (/^Bot /i.test(token)) return { what: "begins with 'Bot '", cure: 'leave that out: it belongs to HTTP headers, not to the token' };
  if (/^\s|\s$|^["']|["']$/.test(token)) return { what: 'has blanks or quotes around it', cure: 'leave them out' };
  if (/[^\x21-\x7e]/.test(token)) return { what: 'has characters in it that no token has', cure: COPY };
  return undefined;
}
