/** When each stage began, and how long it took. */
import { table } from '../terminal/table.js';
import { bar, columnsOf, pad, paint, wholeColumns } from '../terminal/text.js';

/** The begin of a stage, which lasts until the next one begins. */
export interface TimelineEvent {
  /** When, in ms of any clock. */
  readonly at: number;
  readonly label: string;
}

export interface TimelineOptions {
  /** When the last stage ended, in ms of the same clock. Default: when it began, so that it is shown as a mark. */
  readonly end?: number;
  /** Columns of the bars. Default 40. */
  readonly width?: number;
  /** Maximum columns of a line: the bars are shortened to fit, or left out if they would be too short to compare. Default: no limit. */
  readonly room?: number;
  /** Default false. */
  readonly colour?: boolean;
}

/** A bar with fewer columns shows nothing useful. */
const LEAST_COLUMNS = 8;
/** Columns between the text and the bar. */
const GAP = 2;

/**
 * One line for each event, in order of time:
 *
 * ```
 * +0.0 ms  socket    4.0 ms  ████████████████
 * +4.0 ms  hello     2.0 ms                  ████████
 * +6.0 ms  ready                                     ▏
 * ```
 * Each has its begin (relative to the first), its label, its duration, and that as a bar over the whole time.
 */
export function timeline(events: readonly TimelineEvent[], options: TimelineOptions = {}): string[] {
  const sorted = events.filter(({ at }) => Number.isFinite(at)).sort((a, b) => a.at - b.at);
  const first = sorted[0];
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return [];
  const end = Math.max(last.at, options.end ?? last.at);
  const stages = sorted.map(({ at, label }, i) => ({ label, from: at - first.at, took: (sorted[i + 1]?.at ?? end) - at }));
  const texts = table(
    stages.map(({ from, label, took }) => [`+${millis(from)}`, label, took > 0 ? millis(took) : '']),
    { right: [0, 2] },
  );
  const wanted = wholeColumns(options.width ?? 40);
  const width = Math.min(wanted, (options.room ?? Infinity) - columnsOf(texts[0]!) - GAP);
  if (width < Math.min(LEAST_COLUMNS, wanted)) return texts;
  const columns = (ms: number): number => (end > first.at ? (ms / (end - first.at)) * width : 0);
  return stages.map(({ from, took }, i) => {
    const drawn = paint(span(columns(from), columns(took), width), 'wave', options.colour === true);
    return `${texts[i]!}${' '.repeat(GAP)}${drawn}`;
  });
}

/** A bar of `length` columns from column `start` on; a mark if it would be too short to see. */
function span(start: number, length: number, width: number): string {
  const offset = Math.min(Math.floor(start), width - 1);
  const cells = Math.max(length, 1 / 8);
  return pad(' '.repeat(offset) + bar(cells, width - offset), width);
}

function millis(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}
