export interface Row {
  readonly runtime: string;
  readonly how: string;
  readonly result: 'works' | 'fails' | 'not checked';
  readonly reason: string;
}
export function withResults(page: string, rows: readonly Row[], command?: string): string;
