/** The curve of a fade. */

/** Half a cosine, from 0 to 1: smooth at both ends. Two of them in a crossfade add up to 1. */
export function curve(share: number): number {
  return (1 - Math.cos(Math.PI * share)) / 2;
}
