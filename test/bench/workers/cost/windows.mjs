/** What many short measurements amount to: one that something else has disturbed is one of many. */

/** The quartiles: of an even number the greater one. NaN of none. */
export function quartiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return [0.25, 0.5, 0.75].map((part) => sorted[Math.floor(part * sorted.length)] ?? NaN);
}

/** CPU a frame of one sender by that of the other in the same window. */
export function ratios(windows, others) {
  return windows.map(({ cpu, frames }, i) => cpu / frames / (others[i].cpu / others[i].frames));
}

/** µs a frame of one sender over the other in the same window. */
export function differences(windows, others) {
  return windows.map(({ cpu, frames }, i) => cpu / frames - others[i].cpu / others[i].frames);
}

/** Windows of several processes as one of all of them: the nth of each together. */
export function together(all) {
  const [first] = all;
  return first.map((_, i) => ({ cpu: sum(all, i, 'cpu'), frames: sum(all, i, 'frames') }));
}

const sum = (all, i, figure) => all.reduce((total, windows) => total + windows[i][figure], 0);
