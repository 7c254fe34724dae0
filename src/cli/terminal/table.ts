/** Columns of text, aligned. */
import { columnsOf, pad, paint } from './text.js';

export interface TableOptions {
  /** The first line, underlined. Default: none. */
  readonly head?: readonly string[];
  /** Which columns are right-aligned, as for numbers, counted from 0. Default: none. */
  readonly right?: readonly number[];
  /** Columns between two cells. Default 2. */
  readonly gap?: number;
  /** Colours the head. Cells may have their own colours. Default false. */
  readonly colour?: boolean;
}

/** One line for each row, all cells of a column equally wide. A missing cell is empty; line breaks in a cell become spaces. */
export function table(rows: readonly (readonly string[])[], options: TableOptions = {}): string[] {
  const { head, right = [], gap = 2, colour = false } = options;
  const lines = (head === undefined ? rows : [head, ...rows]).map((row) => row.map(oneLine));
  const count = Math.max(0, ...lines.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, i) => Math.max(0, ...lines.map((row) => columnsOf(row[i] ?? ''))));
  const space = ' '.repeat(Math.max(0, gap));
  const drawn = lines.map((row) => widths.map((width, i) => pad(row[i] ?? '', width, right.includes(i))).join(space));
  const first = drawn[0];
  if (head === undefined || first === undefined) return drawn;
  const rule = widths.map((width) => '─'.repeat(width)).join(space);
  return [paint(first, 'strong', colour), paint(rule, 'faint', colour), ...drawn.slice(1)];
}

/** Control characters would break the lines; the escape character that begins a colour stays. */
function oneLine(cell: string): string {
  return cell.replace(/[\x00-\x1a\x1c-\x1f\x7f]/g, ' ');
}
