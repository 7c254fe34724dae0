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
