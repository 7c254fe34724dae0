/**
 * JSON whose integers keep all their digits. A double holds whole numbers up to 2^53 only, and peers send larger ones: arikawa's
 * heartbeats count nanoseconds, discord.py's op 4 has snowflakes as numbers. What is to be echoed must come back digit by digit.
 */

/** Texts, and numbers: one alternative each, so that digits in a text are never taken for a number. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;
/** 2^53 has 16 digits, and the largest integer of 64 bits 20: who sends more of them means no integer. */
const LONG = /^-?\d{16,20}$/;
/** Begins the text that stands for a long integer while JSON is parsed; no peer has a reason to write it. */
const MARK = '\u0000integer ';

/** As `JSON.parse`, but for integers beyond 2^53, which become `bigint`. @throws SyntaxError as `JSON.parse` */
export function parseExactJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const marked = text.replace(TOKENS, (token) => (LONG.test(token) && !Number.isSafeInteger(Number(token)) ? JSON.stringify(MARK + token) : token));
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value,
  );
}
