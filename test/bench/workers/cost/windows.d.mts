interface Window {
  readonly cpu: number;
  readonly frames: number;
}
export function quartiles(values: readonly number[]): [number, number, number];
export function ratios(windows: readonly Window[], others: readonly Window[]): number[];
export function differences(windows: readonly Window[], others: readonly Window[]): number[];
export function together(all: readonly (readonly Window[])[]): Window[];
