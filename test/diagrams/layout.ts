/** Positions of everything in a diagram, in pixels. */
import type { Lane, Mark, Recording } from './recording.js';

/** A marble with its position. */
export interface Placed extends Mark {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export interface PlacedLane {
  readonly name: string;
  readonly y: number;
  readonly lines: readonly { readonly from: number; readonly to: number; readonly open: boolean }[];
  readonly marks: readonly Placed[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly lanes: readonly PlacedLane[];
  /** The box with the call that turns the lanes above it into those below it. */
  readonly box: { readonly y: number; readonly height: number };
  readonly ticks: readonly { readonly x: number; readonly text: string }[];
  readonly axisY: number;
}

export const MARBLE = 30;
const CHARACTER = 7.3;
const LINE = 34;
const LANE_GAP = 24;
const BOX_HEIGHT = 44;
const BETWEEN = 10;
/** Between the last marble and an end at the same moment. */
const END_GAP = 7;
const TOP = 34;
/** Pixels between two moments. Grows with the square root of the time, so that a gap of 10 s does not squeeze one of 20 ms. */
const gapOf = (ms: number): number => Math.min(120, 14 + 5 * Math.sqrt(ms));

export function widthOf({ kind, text }: Mark): number {
  if (kind === 'complete') return 4;
  return Math.max(MARBLE, text.length * CHARACTER + 16);
}

export function layoutOf({ lanes, title }: Recording): Layout {
  const label = Math.max(...lanes.map(({ name }) => name.length)) * CHARACTER + 28;
  const moments = lanes.flatMap(({ marks, spans }) => [...marks.map(({ at }) => at), ...spans.flatMap(({ from, to }) => (to === undefined ? [] : [to]).concat(from > 0 ? [from] : []))]);
  const times = [...new Set(moments)].sort((a, b) => a - b);
  const xs = columns(times, lanes, label);
  const last = xs.get(times.at(-1) ?? 0) ?? label;
  const right = Math.max(last + 60, label + title.length * 8.4 + 60);
  const rows = [...lanes.filter(({ side }) => side === 'in'), undefined, ...lanes.filter(({ side }) => side === 'out')];
  let y = TOP;
  let box = { y: 0, height: BOX_HEIGHT };
  const placed: PlacedLane[] = [];
  for (const lane of rows) {
    if (lane === undefined) {
      box = { y, height: BOX_HEIGHT };
      y += BOX_HEIGHT + LANE_GAP;
      continue;
    }
    const { marks, height } = place(lane, xs, y + MARBLE / 2);
    const lines = lane.spans.map(({ from, to }) => ({
      from: from === 0 ? label : (xs.get(from) ?? label),
      to: to === undefined ? right - 20 : (marks.findLast(({ at }) => at === to)?.x ?? xs.get(to)!),
      open: to === undefined,
    }));
    placed.push({ name: lane.name, y: y + MARBLE / 2, lines, marks });
    y += height + LANE_GAP;
  }
  const ticks = times.map((at) => ({ x: xs.get(at)!, text: String(at) }));
  return { width: Math.ceil(right), height: Math.ceil(y + 4), lanes: placed, box, ticks, axisY: 18 };
}

/** A column for each moment, as far from the previous one as their marbles and the time between them require. */
function columns(times: readonly number[], lanes: readonly Lane[], left: number): Map<number, number> {
  const widest = (at: number): number => Math.max(String(at).length * 6.2, ...lanes.flatMap(({ marks }) => marks.filter((mark) => mark.at === at).map(widthOf)));
  const xs = new Map<number, number>();
  let [x, before] = [left + 6, undefined as number | undefined];
  for (const at of times) {
    const half = before === undefined ? widest(at) / 2 : (widest(before) + widest(at)) / 2 + BETWEEN;
    x += before === undefined ? Math.max(half, Math.min(40, gapOf(at))) : Math.max(half, gapOf(at - before));
    xs.set(at, Math.round(x * 10) / 10);
    before = at;
  }
  return xs;
}

/** Marbles of the same moment are stacked downwards. */
function place(lane: Lane, xs: ReadonlyMap<number, number>, y: number): { readonly marks: readonly Placed[]; readonly height: number } {
  const stacked = new Map<number, number>();
  const marks = lane.marks.map((mark): Placed => {
    // The end stands on the line, to the right of the marbles of the same moment.
    const index = mark.kind === 'complete' ? 0 : (stacked.get(mark.at) ?? 0);
    if (mark.kind !== 'complete') stacked.set(mark.at, index + 1);
    const beside = lane.marks.find((other) => other.at === mark.at && other.kind === 'next');
    const behind = mark.kind === 'complete' && beside !== undefined ? widthOf(beside) / 2 + END_GAP : 0;
    return { ...mark, x: xs.get(mark.at)! + behind, y: y + index * LINE, width: widthOf(mark) };
  });
  return { marks, height: MARBLE + (Math.max(1, ...stacked.values()) - 1) * LINE };
}
