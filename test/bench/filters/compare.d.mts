import type { FilterCase } from './cases.mjs';

export function programme(song: string, seconds: number, ffmpeg?: string): Int16Array;
export function byFfmpeg(filter: string, pcm: Int16Array, ffmpeg?: string): Int16Array;
export function compare(
  one: FilterCase,
  pcm: Int16Array,
  ffmpeg?: string,
): { readonly distance: number; readonly residual: number | undefined; readonly lengths: readonly [number, number]; readonly ours: Int16Array };
