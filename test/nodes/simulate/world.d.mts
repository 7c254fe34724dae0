/** Simulates a fleet and its bots in virtual time. */
export class World {
  constructor(parts: Readonly<Record<string, unknown>>, settings?: Readonly<Record<string, number>>);
  readonly clock: { now(): number; until(holds: () => boolean, most: number): Promise<boolean> };
  readonly nodes: ReadonlyMap<string, { readonly id: string; readonly sessions: number; readonly capacity: number }>;
  readonly songs: readonly { go(): void; readonly silentSince: number | undefined }[];
  readonly faults: readonly string[];
  /** Moves by rebalancing. */
  readonly given: { readonly total: number; readonly mostFrom: number; readonly mostTo: number; readonly shortest: number };
  /** `phase`: when each node starts, as a share of the time between two renewals. */
  begin(phase?: (node: number) => number): Promise<void>;
  end(): void;
  grow(count: number, watched?: number, phase?: (node: number) => number): Promise<void>;
  watch(): Promise<void>;
  churn(): Promise<void>;
  event(name: string, happen: () => unknown): Promise<Readonly<Record<string, number | string>>>;
  some(count: number): readonly { readonly id: string }[];
  drain(nodes: readonly object[]): Promise<void>;
  kill(nodes: readonly object[]): void;
  natsAway(ms: number): Promise<void>;
  roll(): Promise<void>;
}
