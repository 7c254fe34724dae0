/** Each library once per round, with the order reversed every other round, so that drifts in machine speed affect all libraries alike. */
export function turns(libraries, rounds) {
  return Array.from({ length: rounds }, (_, round) => (round % 2 === 0 ? libraries : [...libraries].reverse())).flat();
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
