/** A {@link ReplayWindow} for each SSRC of a media session. */
import { ReplayWindow } from './replay-window.js';

/** How many SSRCs are remembered, 200 bytes each: more than a call has speakers. The oldest is forgotten first. */
const MAX_SSRCS = 1_024;

export class ReplayGuard {
  readonly #windows = new Map<number, ReplayWindow>();

  /** Takes an authentic packet. Returns whether it is the first with its number. */
  first(ssrc: number, sequence: number): boolean {
    return (this.#windows.get(ssrc) ?? this.#open(ssrc)).first(sequence);
  }

  /** Packets of this SSRC pass unexamined. */
  interrupt(ssrc: number): void {
    this.#windows.get(ssrc)?.interrupt();
  }

  #open(ssrc: number): ReplayWindow {
    const window = new ReplayWindow();
    this.#windows.set(ssrc, window);
    if (this.#windows.size > MAX_SSRCS) this.#windows.delete(this.#windows.keys().next().value!);
    return window;
  }
}
