/** Lines at the end of the output that are redrawn while other lines scroll by above them. */
import type { Output } from './terminal.js';

/** Source: ECMA-48 section 8.3.22 (CUU), 8.3.39 (ED). */
const up = (lines: number): string => (lines > 0 ? `\x1b[${lines}A` : '');
const CLEAR = '\r\x1b[J';
/** For a terminal that does not report its height. */
const ROWS = 24;

export class LiveBlock {
  readonly #out: Output;
  #drawn: readonly string[] = [];

  constructor(out: Output) {
    this.#out = out;
  }

  /** Writes lines that stay, above the block; without a terminal they are the only output. */
  above(lines: readonly string[]): void {
    this.#write(lines, this.#drawn);
  }

  /** Draws the block in place of the previous one. Lines beyond the terminal's height are left out, because the first ones could not be redrawn. */
  draw(lines: readonly string[]): void {
    const room = Math.max(1, (this.#out.rows || ROWS) - 1);
    const kept = lines.length > room ? [...lines.slice(0, room - 1), `… and ${lines.length - room + 1} lines more`] : lines;
    if (kept.length !== this.#drawn.length || kept.some((line, i) => line !== this.#drawn[i])) this.#write([], kept);
  }

  /** Removes the block: only the lines above it stay. */
  end(): void {
    if (this.#drawn.length > 0) this.#write([], []);
  }

  #write(above: readonly string[], block: readonly string[]): void {
    const clear = this.#drawn.length > 0 ? `${up(this.#drawn.length)}${CLEAR}` : '';
    this.#drawn = block;
    this.#out.write(clear + [...above, ...block].map((line) => `${line}\n`).join(''));
  }
}
