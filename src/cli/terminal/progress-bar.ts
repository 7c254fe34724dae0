/** A progress bar on one line. */
import { bar, clockText, columnsOf, cut, pad, paint, wholeColumns } from './text.js';

/** How a bar is drawn. */
export interface ProgressBarOptions {
  /** Default false. */
  readonly colour?: boolean;
}

/** A bar with fewer columns shows nothing. */
const LEAST_COLUMNS = 4;

/**
 * `█████▌     0:07 / 0:12`: a bar to an eighth of a column, then both times. Its length does not change as `done` grows.
 *
 * @param done milliseconds so far; values outside 0 to `total` are shown as the nearer end
 * @param total milliseconds in total; 0 is shown as complete
 * @param width columns of the bar, without the text
 */
export function progressBar(done: number, total: number, width: number, options: ProgressBarOptions = {}): string {
  const columns = wholeColumns(width);
  const { part, whole } = within(done, total);
  const drawn = bar(whole === 0 ? columns : (part / whole) * columns, columns);
  return `${paint(drawn, 'wave', options.colour === true)} ${times(part, whole)}`;
}

/** A {@link progressBar} of `room` columns in total. In too little room only the times are shown, and cut if necessary. */
export function fittedProgressBar(done: number, total: number, room: number, options: ProgressBarOptions = {}): string {
  const { part, whole } = within(done, total);
  const text = times(part, whole);
  const width = room - columnsOf(text) - 1;
  return width < LEAST_COLUMNS ? cut(text, room) : progressBar(done, total, width, options);
}

function within(done: number, total: number): { part: number; whole: number } {
  const whole = Number.isFinite(total) && total > 0 ? total : 0;
  return { part: Math.min(Math.max(Number.isNaN(done) ? 0 : done, 0), whole), whole };
}

function times(part: number, whole: number): string {
  const end = clockText(whole);
  return `${pad(clockText(part), end.length, true)} / ${end}`;
}
