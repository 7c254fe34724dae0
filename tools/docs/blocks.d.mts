export interface Block {
  readonly file: string;
  /** Number of the first line of the block, from 1. */
  readonly line: number;
  readonly language: 'ts' | 'js';
  readonly excused: boolean;
  readonly code: string;
}
export const ROOT: string;
export function pageFiles(): string[];
export function pageText(file: string): string;
export function blocksOf(file: string): Block[];
export function runsAsExample(block: Block): boolean;
