/** How far something is, on one line. */
import { bar, clockText, paint, pad, wholeColumns } from './text.js';

/** How a bar is drawn. */
export interface ProgressBarOptions {
  /** Default false. */
  readonly colour?: boolean;
}

/**
 * `█████▌     0:07 / 0:12`: a bar to an eighth of a column, then both times. Its length does not change as `done` grows.
 *
 * @param done milliseconds so far; what lies outside 0 to `total` is shown as the nearer end
 * @param total milliseconds in all; 0 shows as done
 * @param width columns of the bar, without the text
 */
export function progressBar(done: number, total: number, width: number, options: ProgressBarOptions = {}): string {
  const columns = wholeColumns(width);
  const whole = Number.isFinite(total) && total > 0 ? total : 0;
  const part = Math.min(Math.max(Number.isNaN(done) ? 0 : done, 0), whole);
  const drawn = bar(whole === 0 ? columns : (part / whole) * columns, columns);
  const end = clockText(whole);
  const times = `${pad(clockText(part), end.length, true)} / ${end}`;
  return `${paint(drawn, 'wave', options.colour === true)} ${times}`;
}
