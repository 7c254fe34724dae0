/** Demands that are not sent yet, as two numbers per subscription: its id, and the sum of the requested frames. */
import type { WireMessage } from './wire.js';

export interface Demands {
  readonly demands: Float64Array;
}

export class DemandRun {
  readonly #frames = new Map<number, number>();

  get empty(): boolean {
    return this.#frames.size === 0;
  }

  /** Whether a demand of that subscription already waits: a further one waits no longer than that. */
  has(id: number): boolean {
    return this.#frames.has(id);
  }

  add(id: number, frames: number): void {
    this.#frames.set(id, (this.#frames.get(id) ?? 0) + frames);
  }

  /** Returns all demands; the run is empty afterwards. */
  take(): Demands {
    const demands = new Float64Array(this.#frames.size * 2);
    let at = 0;
    for (const [id, frames] of this.#frames) {
      demands[at++] = id;
      demands[at++] = frames;
    }
    this.#frames.clear();
    return { demands };
  }
}

/** Calls `tell` with one message for each subscription. */
export function tellDemands({ demands }: Demands, tell: (message: WireMessage) => void): void {
  for (let at = 0; at < demands.length; at += 2) tell({ type: 'demand', id: demands[at]!, frames: demands[at + 1]! });
}
