/** Some lines at the end of the output that are drawn anew while others scroll by above them. */
import type { Output } from './terminal.js';

/** Source: ECMA-48 section 8.3.22 (CUU), 8.3.39 (ED). */
const up = (lines: number): string => (lines > 0 ? `\x1b[${lines}A` : '');
const CLEAR = '\r\x1b[J';
/** Where a terminal does not say how high it is. */
const ROWS = 24;

export class LiveBlock {
  readonly #out: Output;
  #drawn: readonly string[] = [];

  constructor(out: Output) {
    this.#out = out;
  }

  /** Lines that stay, above the block; without a terminal they are all there is. */
  above(lines: readonly string[]): void {
    this.#write(lines, this.#drawn);
  }

  /** The block, in place of the one before. What does not fit the terminal's height is left out: its first lines could not be reached again. */
  draw(lines: readonly string[]): void {
    const room = Math.max(1, (this.#out.rows || ROWS) - 1);
    const kept = lines.length > room ? [...lines.slice(0, room - 1), `… and ${lines.length - room + 1} lines more`] : lines;
    if (kept.length !== this.#drawn.length || kept.some((line, i) => line !== this.#drawn[i])) this.#write([], kept);
  }

  /** Takes it away: what stays is what happened. */
  end(): void {
    if (this.#drawn.length > 0) this.#write([], []);
  }

  #write(above: readonly string[], block: readonly string[]): void {
    const clear = this.#drawn.length > 0 ? `${up(this.#drawn.length)}${CLEAR}` : '';
    this.#drawn = block;
    this.#out.write(clear + [...above, ...block].map((line) => `${line}\n`).join(''));
  }
}
