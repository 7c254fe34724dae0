/** Sound as text: the peaks over time. */
import { clockText, columnsOf, pad, paint, wholeColumns } from '../terminal/text.js';

export interface WaveformOptions {
  /** Width of the picture. */
  readonly columns: number;
  /** Height of the picture, without the two lines of the time axis. */
  readonly rows: number;
  /** The number of interleaved channels in the PCM. */
  readonly channels: number;
  /** Samples per second and channel, for the time axis. Default 48 000. */
  readonly sampleRate?: number;
  /** Draws around a middle line, as sound editors do, at half the resolution; otherwise from the bottom. Default false. */
  readonly mirrored?: boolean;
  /** The sample value that reaches the top. Default 32 768, full scale. */
  readonly fullScale?: number;
  /** Default false. */
  readonly colour?: boolean;
}

const LOWER_EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
/** Steps of the time axis in seconds. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600] as const;

/**
 * The peak envelope of 16-bit PCM as `rows` lines of block characters, then a ruler and its times. Each line is exactly
 * `columns` wide. A sound that is not silent shows at least the lowest block.
 */
export function asciiWaveform(pcm: Int16Array, options: WaveformOptions): string[] {
  const columns = wholeColumns(options.columns);
  const rows = wholeColumns(options.rows);
  const channels = wholeColumns(options.channels);
  const { sampleRate = 48_000, mirrored = false, fullScale = 32_768, colour = false } = options;
  const peaks = peakEnvelope(pcm, columns, channels).map((peak) => Math.min(1, peak / fullScale));
  const picture = Array.from({ length: rows }, (_, row) =>
    paint(peaks.map((peak) => (mirrored ? mirroredCell(peak, row, rows) : cell(peak, row, rows))).join(''), 'wave', colour),
  );
  return [...picture, ...timeAxis(pcm.length / channels / sampleRate, columns)];
}

/** The maximum magnitude in each of `columns` equal parts, over all channels, as 0 to 32 768. */
export function peakEnvelope(pcm: Int16Array, columns: number, channels: number): number[] {
  const frames = Math.floor(pcm.length / channels);
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * frames) / columns);
    // If there are fewer samples than columns, neighbours share one.
    const to = Math.min(frames, Math.max(from + 1, Math.floor(((column + 1) * frames) / columns)));
    let peak = 0;
    for (let i = from * channels; i < to * channels; i++) peak = Math.max(peak, Math.abs(pcm[i]!));
    return peak;
  });
}

function cell(peak: number, row: number, rows: number): string {
  const eighths = visible(peak * rows * 8) - 8 * (rows - 1 - row);
  return LOWER_EIGHTHS[Math.min(8, Math.max(0, eighths))]!;
}

/** Half cells, counted from the middle in both directions: there are no block characters that hang from the top by eighths. */
function mirroredCell(peak: number, row: number, rows: number): string {
  const halves = visible(peak * rows);
  const reaches = (half: number): boolean => (half < rows ? rows - half : half - rows + 1) <= halves;
  const upper = reaches(2 * row);
  const lower = reaches(2 * row + 1);
  if (upper && lower) return '█';
  return upper ? '▀' : lower ? '▄' : ' ';
}

function visible(units: number): number {
  return units > 0 ? Math.max(1, Math.round(units)) : 0;
}

/** A ruler, and times below those marks that have room for them. */
function timeAxis(seconds: number, columns: number): readonly [ruler: string, times: string] {
  const room = columnsOf(clockText(seconds * 1000)) + 3;
  const step = STEPS.find((s) => (s / Math.max(seconds, Number.MIN_VALUE)) * columns >= room) ?? Math.max(1, Math.ceil(seconds));
  const ruler = Array.from({ length: columns }, () => '─');
  let times = '';
  for (let time = 0; time === 0 || time < seconds; time += step) {
    const column = seconds > 0 ? Math.floor((time / seconds) * columns) : 0;
    const label = clockText(time * 1000);
    if (column >= columns) break;
    ruler[column] = '┴';
    if (column + label.length <= columns) times = pad(times, column) + label;
  }
  return [ruler.join(''), pad(times, columns)];
}
