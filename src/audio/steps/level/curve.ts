/** How a fade goes. */

/** Half a cosine, from 0 to 1: neither a step nor a corner at either end. Two of them crossed add up to 1. */
export function curve(share: number): number {
  return (1 - Math.cos(Math.PI * share)) / 2;
}
