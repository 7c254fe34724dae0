interface Cost {
  readonly cpu: number;
  readonly time: number;
  readonly failed: number;
}
export function measureDrops(count?: number): Promise<{ readonly sink: Cost; readonly reader: Cost; readonly dropped: number }>;
