/** The output of the demo. */
import type { Accounts } from './accounting.js';
import { Envelope } from './envelope.js';
import { fittedProgressBar, progressBar } from '../terminal/progress-bar.js';
import { intervals, summarize } from './statistics.js';
import { table } from '../terminal/table.js';
import type { Output } from '../terminal/terminal.js';
import { clockText, cut, paint } from '../terminal/text.js';
import { timeline, type TimelineEvent } from './timeline.js';
import { asciiWaveform } from './waveform.js';

/** Longer lines are hard to read. This is also the width for a file or a pipe. */
const MAX_COLUMNS = 100;
/** The indentation of pictures and tables. */
const MARGIN = '  ';
/** Without a terminal, a line is written at each tenth of the song instead of a moving bar. */
const TENTHS = 10;

export class Screen {
  readonly #out: Output;
  readonly #colour: boolean;
  #told: unknown;

  constructor(out: Output, colour: boolean) {
    this.#out = out;
    this.#colour = colour;
  }

  /**
   * Columns for pictures and tables. Read each time, because the window may be resized while a song plays. The last column stays free, because some
   * terminals wrap there. Other terminals report no columns at all.
   */
  get #room(): number {
    return Math.max(1, Math.min(this.#out.columns || MAX_COLUMNS, MAX_COLUMNS) - MARGIN.length - 1);
  }

  /** Writes lines that must not wrap: longer ones are cut. */
  #draw(lines: readonly string[]): void {
    for (const line of lines) this.line(MARGIN + cut(line, this.#room));
  }

  line(text = ''): void {
    this.#out.write(`${text}\n`);
  }

  title(text: string): void {
    this.line();
    this.line(paint(text, 'strong', this.#colour));
  }

  faint(text: string): void {
    this.line(paint(text, 'faint', this.#colour));
  }

  timeline(events: readonly TimelineEvent[]): void {
    this.#draw(timeline(events, { room: this.#room, colour: this.#colour }));
  }

  /** The privacy codes by member, in groups of five digits. They must be identical. */
  codes(codes: ReadonlyMap<string, string>): void {
    if (codes.size === 0) return this.faint('  none: this call is not encrypted');
    const same = new Set(codes.values()).size === 1;
    const rows = [...codes].map(([member, code]) => [member, paint(code.replace(/(\d{5})(?=\d)/g, '$1 '), same ? 'good' : 'bad', this.#colour)]);
    this.#draw(table(rows));
  }

  /** @param position of `total`, both in ms */
  progress(position: number, total: number): void {
    if (this.#out.isTTY === true) {
      const drawn = fittedProgressBar(position, total, this.#room, { colour: this.#colour });
      // Clears the rest of the line, which a wider window may have filled.
      if (drawn !== this.#told) this.#out.write(`\r${MARGIN}${drawn}\x1b[K`);
      this.#told = drawn;
      return;
    }
    const tenth = total === 0 ? TENTHS : Math.floor((TENTHS * position) / total);
    if (tenth === this.#told) return;
    this.#told = tenth;
    this.line(MARGIN + progressBar(position, total, 40));
  }

  progressDone(total: number): void {
    this.progress(total, total);
    if (this.#out.isTTY === true) this.line();
  }

  accounts(accounts: Accounts, firstSound: number | undefined): void {
    const gaps = summarize(intervals(accounts.arrivals));
    const ms = (value: number | undefined): string => (value === undefined ? '–' : `${value.toFixed(1)} ms`);
    const count = (value: number, bad: boolean): string => paint(String(value), bad && value > 0 ? 'bad' : 'good', this.#colour);
    const rows = [
      ['frames sent', count(accounts.sent, false)],
      ['frames arrived', count(accounts.arrived, false)],
      ['lost', count(accounts.lost, true)],
      ['differing', count(accounts.differing, true)],
      ['interval p50', ms(gaps?.p50)],
      ['interval p99', ms(gaps?.p99)],
      ['op 4 to first sound', ms(firstSound)],
    ];
    this.#draw(table(rows, { right: [1] }));
  }

  waveform({ peaks }: Envelope): void {
    const picture = { columns: this.#room, rows: 8, channels: 1, sampleRate: Envelope.SAMPLE_RATE, mirrored: true, colour: this.#colour };
    // Scaled to the loudest moment, so that a quiet song is visible too.
    const fullScale = Math.max(1, peaks.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0));
    this.#draw(asciiWaveform(Int16Array.from(peaks), { ...picture, fullScale }));
  }

  verdict(good: boolean, text: string): void {
    this.title(paint(`${good ? '✔' : '✘'} ${text}`, good ? 'good' : 'bad', this.#colour));
  }

  duration(ms: number): string {
    return clockText(ms);
  }
}
