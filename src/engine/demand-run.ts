/** Frames that are asked for and not said yet, as numbers, two a subscription: its id, and the sum of what is asked of it. */
import type { WireMessage } from './wire.js';

export interface Demands {
  readonly demands: Float64Array;
}

export class DemandRun {
  readonly #frames = new Map<number, number>();

  get empty(): boolean {
    return this.#frames.size === 0;
  }

  /** Whether something was asked of that subscription already: this waits no longer than that does. */
  has(id: number): boolean {
    return this.#frames.has(id);
  }

  add(id: number, frames: number): void {
    this.#frames.set(id, (this.#frames.get(id) ?? 0) + frames);
  }

  /** All of them; empty afterwards. */
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

/** One message for each subscription. */
export function tellDemands({ demands }: Demands, tell: (message: WireMessage) => void): void {
  for (let at = 0; at < demands.length; at += 2) tell({ type: 'demand', id: demands[at]!, frames: demands[at + 1]! });
}
