/** What the demo shows. */
import type { Accounts } from './accounting.js';
import { progressBar } from '../progress-bar.js';
import { intervals, summarize } from './statistics.js';
import { table } from '../table.js';
import { clockText, paint } from '../text.js';
import { timeline, type TimelineEvent } from './timeline.js';
import { asciiWaveform } from './waveform.js';

/** A terminal, or whatever the output goes to. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const MIN_COLUMNS = 60;
const MAX_COLUMNS = 100;
/** Without a terminal a line is written at each tenth of the way instead of a bar that moves. */
const TENTHS = 10;

export class Screen {
  readonly #out: Output;
  readonly #colour: boolean;
  readonly #width: number;
  #told: unknown;

  constructor(out: Output, colour: boolean) {
    this.#out = out;
    this.#colour = colour;
    // Some terminals say that they have no columns at all.
    this.#width = Math.min(Math.max(out.columns || MAX_COLUMNS, MIN_COLUMNS), MAX_COLUMNS);
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
    for (const line of timeline(events, { width: this.#width - 45, colour: this.#colour })) this.line(`  ${line}`);
  }

  /** The privacy codes by member, in groups of five digits. They must be one and the same. */
  codes(codes: ReadonlyMap<string, string>): void {
    if (codes.size === 0) return this.faint('  none: this call is not encrypted');
    const same = new Set(codes.values()).size === 1;
    const rows = [...codes].map(([member, code]) => [member, paint(code.replace(/(\d{5})(?=\d)/g, '$1 '), same ? 'good' : 'bad', this.#colour)]);
    for (const line of table(rows)) this.line(`  ${line}`);
  }

  /** @param position of `total`, both in ms */
  progress(position: number, total: number): void {
    if (this.#out.isTTY === true) {
      const drawn = progressBar(position, total, this.#width - 20, { colour: this.#colour });
      if (drawn !== this.#told) this.#out.write(`\r  ${drawn}`);
      this.#told = drawn;
      return;
    }
    const tenth = total === 0 ? TENTHS : Math.floor((TENTHS * position) / total);
    if (tenth === this.#told) return;
    this.#told = tenth;
    this.line(`  ${progressBar(position, total, 40)}`);
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
    for (const line of table(rows, { right: [1] })) this.line(`  ${line}`);
  }

  /** @param peaks greatest and least sample of each 20 ms, in turn */
  waveform(peaks: readonly number[]): void {
    const pcm = Int16Array.from(peaks);
    const picture = { columns: this.#width - 4, rows: 8, channels: 1, sampleRate: 100, mirrored: true, colour: this.#colour };
    // Scaled to the loudest moment: a quiet song is to be seen as well.
    const fullScale = Math.max(1, peaks.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0));
    for (const line of asciiWaveform(pcm, { ...picture, fullScale })) this.line(`  ${line}`);
  }

  verdict(good: boolean, text: string): void {
    this.title(paint(`${good ? '✔' : '✘'} ${text}`, good ? 'good' : 'bad', this.#colour));
  }

  duration(ms: number): string {
    return clockText(ms);
  }
}
