/** Each library once a round, every other round backwards: what a machine's speed does meanwhile then falls on all of them. */
export function turns(libraries, rounds) {
  return Array.from({ length: rounds }, (_, round) => (round % 2 === 0 ? libraries : [...libraries].reverse())).flat();
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
