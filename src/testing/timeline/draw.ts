/** Draws two timelines below each other, with a column for each moment of either. */
import type { Letters } from './letters.js';
import type { TimelineMessage } from './message.js';
import { momentsOf, timesOf, type Moments } from './moments.js';

/** Columns shown before and after the first difference: a play has fifty in a second. */
const BEFORE = 4;
const AFTER = 7;

export interface Drawing {
  readonly lines: readonly string[];
  /** ms of the first and the last column. */
  readonly from: number;
  readonly to: number;
}

/**
 * ```
 * time      …  80  100  105
 * expected  …--b---c-------
 * actual    …--b--------c--
 *                  ^
 * ```
 *
 * @param difference ms of the first moment at which they differ
 */
export function drawTimelines(
  expected: readonly TimelineMessage[],
  actual: readonly TimelineMessage[],
  difference: number,
  letters: Letters,
): Drawing {
  const [should, did] = [momentsOf(expected), momentsOf(actual)];
  const times = timesOf(should, did);
  const at = times.indexOf(difference);
  const shown = times.slice(Math.max(0, at - BEFORE), at + AFTER);
  const columns = shown.map((time) => {
    const cells = [String(time), cell(should, time, letters), cell(did, time, letters)] as const;
    return { time, cells, width: Math.max(...cells.map(({ length }) => length)) + 2 };
  });
  const [before, after] = [at > BEFORE ? '…' : '', at + AFTER < times.length ? '…' : ''];
  const row = (index: 0 | 1 | 2, fill: string): string => columns.map(({ cells, width }) => cells[index].padEnd(width, fill)).join('');
  const lead = before === '' ? 10 : 13;
  const mark = columns.slice(0, columns.findIndex(({ time }) => time === difference)).reduce((sum, { width }) => sum + width, lead);
  const pad = (fill: string): string => (before === '' ? '' : before.padEnd(3, fill));
  const lines = [
    `time      ${pad(' ')}${row(0, ' ')}${after} ms`.replace(/ +(?=… ms$| ms$)/, ' ').trimEnd(),
    `expected  ${pad('-')}${row(1, '-')}${after}`,
    `actual    ${pad('-')}${row(2, '-')}${after}`,
    `${' '.repeat(mark)}^`,
  ];
  return { lines, from: shown[0]!, to: shown.at(-1)! };
}

function cell(moments: Moments, time: number, letters: Letters): string {
  const moment = moments.get(time) ?? [];
  const text = moment.map((notification) => letters.of(notification)).join('');
  return moment.length > 1 ? `(${text})` : text;
}
