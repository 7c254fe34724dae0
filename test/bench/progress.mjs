/** Shows the progress of the benchmark on stderr: one rewritten line on a terminal, otherwise a new line every few seconds. */

const EVERY_MS = process.stderr.isTTY ? 250 : 5_000;

export class Progress {
  #what = '';
  #since = 0;
  #timer;

  say(what) {
    this.#what = what;
    this.#since = performance.now();
    this.#timer ??= setInterval(() => this.#write(), EVERY_MS);
    if (process.stderr.isTTY) this.#write();
  }

  done() {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  }

  #write() {
    const line = `${this.#what}, ${Math.round((performance.now() - this.#since) / 1_000)} s`;
    process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${line}` : `${line}\n`);
  }
}
