export interface Seen {
  readonly late99: number;
  readonly sampled: number;
  readonly sunk: number;
  readonly dropped: number;
}
export interface Bounds {
  readonly from: number;
  readonly to: number;
  readonly most: number;
  readonly step: number;
  readonly tries: number;
}
export type Decision = { readonly next: number } | { readonly held: number; readonly failed: number };

export const LATE_MS: number;
export const SENT: number;
export const BOUNDS: Bounds;
export function holds(seen: Seen): boolean;
export function decide(trials: readonly { readonly n: number; readonly held: boolean }[], bounds?: Partial<Bounds>): Decision;
export function sampleOf(count: number, sample: number): ReadonlySet<number>;
