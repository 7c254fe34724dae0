/** The gate of a track: shut for a pause, and where its sound is cut off. */
import { SAMPLES_PER_FRAME } from '../../../protocol/silence.js';
import type { Ramp } from '../mixture/ramp.js';

/** What begins in the midst of a sound comes in over 5 ms. */
const EDGE = 240;

/**
 * ```
 * pause     ----x--------------
 * resume    ------------x------
 * gate      -----\______/------
 * held            ^^^^^^
 * ```
 */
export class Gate {
  readonly #ramp: Ramp;
  #paused: boolean;
  #shutting = false;

  constructor(ramp: Ramp, paused: boolean) {
    this.#ramp = ramp;
    this.#paused = paused;
    if (paused) ramp.to(0, 0);
  }

  /** Somebody wants it to wait. */
  get paused(): boolean {
    return this.#paused;
  }

  /** It waits. */
  get held(): boolean {
    return this.#paused && !this.#shutting;
  }

  /** @param audible whether there is something to shut the gate on: it is held at once otherwise */
  pause(audible: boolean): void {
    this.#paused = true;
    this.#shutting = audible;
    this.#ramp.to(0, audible ? SAMPLES_PER_FRAME : 0);
  }

  resume(begun: boolean): void {
    this.#paused = false;
    this.#shutting = false;
    this.#ramp.to(1, begun ? SAMPLES_PER_FRAME : 0);
  }

  /** What is heard next begins in the midst of a sound. */
  comeIn(): void {
    if (this.#paused) return;
    this.#ramp.to(0, 0);
    this.#ramp.to(1, EDGE);
  }

  /** Nothing is heard now, and so nothing is cut off. */
  fallShut(): void {
    this.#ramp.to(0, 0);
  }

  /** Once before each frame; true when it has just come to be held. */
  step(): boolean {
    if (!this.#ramp.settled) return false;
    const held = this.#shutting;
    this.#shutting = false;
    return held;
  }
}
