/** Statistics of many short measurements, so that a disturbed one has little weight. */

/** The quartiles; between two values, the greater one. NaN if there are no values. */
export function quartiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return [0.25, 0.5, 0.75].map((part) => sorted[Math.floor(part * sorted.length)] ?? NaN);
}

/** CPU per frame of one sender divided by that of the other in the same window. */
export function ratios(windows, others) {
  return windows.map(({ cpu, frames }, i) => cpu / frames / (others[i].cpu / others[i].frames));
}

/** µs per frame of one sender minus that of the other in the same window. */
export function differences(windows, others) {
  return windows.map(({ cpu, frames }, i) => cpu / frames - others[i].cpu / others[i].frames);
}

/** Adds up the windows of several processes: the nth windows of all become one. */
export function together(all) {
  const [first] = all;
  return first.map((_, i) => ({ cpu: sum(all, i, 'cpu'), frames: sum(all, i, 'frames') }));
}

const sum = (all, i, figure) => all.reduce((total, windows) => total + windows[i][figure], 0);
