/** The gate of a track: it closes for a pause, and around a cut in the sound. */
import { SAMPLES_PER_FRAME } from '../../../protocol/silence.js';
import type { Ramp } from '../mixture/ramp.js';

/** Fade-in of 5 ms, in samples, for sound that begins in its middle. */
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

  /** Whether a pause was requested. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Whether it is paused and fully closed. */
  get held(): boolean {
    return this.#paused && !this.#shutting;
  }

  /** @param audible whether there is sound to fade out; otherwise it is held at once */
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

  /** Fades in what is heard next, because it begins in the middle of a sound. */
  comeIn(): void {
    if (this.#paused) return;
    this.#ramp.to(0, 0);
    this.#ramp.to(1, EDGE);
  }

  /** Closes at once: nothing is heard now, so nothing is cut off. */
  fallShut(): void {
    this.#ramp.to(0, 0);
  }

  /** Called once before each frame; true when it has just become held. */
  step(): boolean {
    if (!this.#ramp.settled) return false;
    const held = this.#shutting;
    this.#shutting = false;
    return held;
  }
}
