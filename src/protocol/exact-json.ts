/**
 * JSON whose integers keep all their digits. A double holds whole numbers up to 2^53 only, and peers send larger ones: arikawa's heartbeats count
 * nanoseconds, discord.py's op 4 has snowflakes as numbers. A value to be echoed must come back digit by digit.
 */

/** Matches strings or numbers: one alternative each, so that digits in a string are never taken for a number. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;
/** 2^53 has 16 digits, and the largest 64-bit integer has 20: a longer number is not meant as an integer. */
const LONG = /^-?\d{16,20}$/;
/** The prefix of the string that replaces a long integer while JSON is parsed; no peer has a reason to send it. */
const MARK = '\u0000integer ';

/** Like `JSON.parse`, except that integers beyond 2^53 become `bigint`. @throws SyntaxError like `JSON.parse` */
export function parseExactJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const marked = text.replace(TOKENS, (token) => (LONG.test(token) && !Number.isSafeInteger(Number(token)) ? JSON.stringify(MARK + token) : token));
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value,
  );
}
