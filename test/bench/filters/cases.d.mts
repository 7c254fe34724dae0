import type * as audio from '../../../src/audio/index.js';

export interface FilterCase {
  readonly name: string;
  readonly filter: audio.PcmFilter;
  readonly ffmpeg: string;
  readonly allowed: number;
  readonly late?: number;
  readonly free?: boolean;
}
export function filterCases(exports: typeof audio): readonly FilterCase[];
