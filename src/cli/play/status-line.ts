/** The status on one line of any width. */
import { fittedProgressBar } from '../terminal/progress-bar.js';
import { bar, clockText, columnsOf, cut, paint, type Paint } from '../terminal/text.js';

/** The status. Times are in ms, the peak in dB below full scale. */
export interface Status {
  readonly position: number;
  /** Null if it is unknown. */
  readonly duration: number | null;
  readonly paused: boolean;
  readonly volume: number;
  /** Null: silence. */
  readonly peak: number | null;
  /** Why nothing is heard; null if nothing is wrong. */
  readonly obstacle: string | null;
}

/** Lower levels are shown as nothing. */
const FLOOR_DB = -48;
const METER_COLUMNS = 8;
/** Above this a peak may clip; above the next it may be uncomfortably loud. */
const HOT_DB = -1;
const WARM_DB = -9;
/** The progress keeps this much room for its bar, in addition to the times. */
const BAR_COLUMNS = 10;
const OBSTACLE_COLUMNS = 40;

/**
 * `▶ █████▌     0:07 / 0:12  ▆▆▆▆▆▏    80%  reconnecting`. If there is not enough room, parts are left out, from the right of this list: the times,
 * the obstacle, the level, the volume, the bar.
 */
export function statusLine(status: Status, room: number, colour: boolean): string {
  const { position, duration, paused, volume, peak, obstacle } = status;
  const sign = paused ? paint('‖', 'warn', colour) : paint('▶', 'good', colour);
  const times = duration === null ? clockText(position).length : 2 * clockText(duration).length + 3;
  const texts = {
    obstacle: obstacle === null ? undefined : paint(cut(obstacle, OBSTACLE_COLUMNS), 'warn', colour),
    meter: levelMeter(paused ? null : peak, colour),
    volume: `${Math.round(100 * volume)}%`.padStart(4),
  };
  let left = room - 2;
  const fits = (text: string | undefined): text is string => {
    if (text === undefined || left - columnsOf(text) - 2 < times + (duration === null ? 0 : 1 + BAR_COLUMNS)) return false;
    left -= columnsOf(text) + 2;
    return true;
  };
  // By priority; shown in another order.
  const kept = { obstacle: fits(texts.obstacle), meter: fits(texts.meter), volume: fits(texts.volume) };
  const progress = duration === null ? cut(clockText(position), left) : fittedProgressBar(position, duration, left, { colour });
  const shown = (['meter', 'volume', 'obstacle'] as const).flatMap((name) => (kept[name] ? [texts[name]!] : []));
  return cut([`${sign} ${progress}`, ...shown].join('  '), room);
}

/** A bar of the peak, 8 columns wide, from -48 dB to full scale. */
export function levelMeter(peak: number | null, colour: boolean): string {
  const share = peak === null ? 0 : Math.max(0, 1 - peak / FLOOR_DB);
  const as: Paint = peak === null || peak <= WARM_DB ? 'good' : peak <= HOT_DB ? 'warn' : 'bad';
  return paint(bar(METER_COLUMNS * share, METER_COLUMNS), as, colour);
}
