/** Small helpers for terminal text. Everything here is pure; the caller decides whether to colour (isTTY, NO_COLOR). */

/** Select Graphic Rendition codes, by the purpose of the colour. Source: ECMA-48 section 8.3.117. */
const PAINTS = { strong: 1, faint: 2, good: 32, warn: 33, bad: 31, wave: 36 } as const;
export type Paint = keyof typeof PAINTS;

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'] as const;

/** The text in a colour if `on` and it has visible characters; otherwise unchanged. */
export function paint(text: string, as: Paint, on: boolean): string {
  return on && text.trim() !== '' ? `\x1b[${PAINTS[as]}m${text}\x1b[0m` : text;
}

/** The columns of a text: one for each code point. Colours take none. Wide (CJK, emoji) characters are not expected. */
export function columnsOf(text: string): number {
  return [...text.replace(/\x1b\[[0-9;]*m/g, '')].length;
}

/** Pads the text with spaces to `columns`, on the right, or on the left if `right`. Never cuts. */
export function pad(text: string, columns: number, right = false): string {
  const fill = ' '.repeat(Math.max(0, columns - columnsOf(text)));
  return right ? fill + text : text + fill;
}

/** Cuts the text to `columns`, with a mark if something is missing. Colours are kept, and end with it. */
export function cut(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let room = Math.max(0, columns - 1);
  let kept = '';
  for (const [part] of text.matchAll(/\x1b\[[0-9;]*m|./gsu)) {
    const seen = columnsOf(part);
    if (seen === 0 || room > 0) kept += part;
    room -= seen;
  }
  return columns > 0 ? `${kept}…` : kept;
}

/** A position in the usual form: `0:07`, `12:34`, `1:02:03`. Rounds down; anything but a positive number is `0:00`. */
export function clockText(ms: number): string {
  const seconds = Number.isFinite(ms) && ms > 0 ? Math.floor(ms / 1000) : 0;
  const two = (n: number): string => String(n).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** A bar from the left, `cells` columns long (with eighths of a column) in a field of `width` columns. */
export function bar(cells: number, width: number): string {
  const eighths = Math.round(8 * Math.min(Math.max(Number.isFinite(cells) ? cells : 0, 0), width));
  return pad('█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7]!, width);
}

/** A whole number of columns, at least 1. */
export function wholeColumns(value: number): number {
  return Number.isFinite(value) ? Math.max(1, Math.floor(value)) : 1;
}

/** The text in lines of at most `columns`, broken between words; a longer word has its own line, and is cut. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && columnsOf(line) + 1 + columnsOf(word) <= columns) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => cut(line, columns));
}

/** A size in the usual form: `730 bytes`, `12 KB`, `3.4 MB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'KB'] : bytes < 1e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB'];
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** Text from others, such as the title of a song, without characters that a terminal would take for commands. */
export function printable(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();
}
