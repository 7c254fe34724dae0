/** Runs the services of a compose file as processes of this machine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { parse } from 'yaml';

/** Reads the services by name, and fills in `${NAME:-default}` from `env`, like docker compose. */
export function readServices(text, env = {}) {
  const filled = text.replaceAll(/\$\{(\w+):-([^}]*)\}/g, (_, name, otherwise) => env[name] || otherwise);
  return new Map(Object.entries(parse(filled, { merge: true }).services));
}

/** Parses a duration such as `60s` into ms. */
export function duration(text) {
  const [, amount, unit] = /^(\d+)(ms|s|m)$/.exec(text);
  return Number(amount) * { ms: 1, s: 1_000, m: 60_000 }[unit];
}

/** One service: its output, and how it ends. */
export class Service {
  lines = [];
  #command;
  #settings;
  #process;
  #waiting = new Set();

  /** @param settings options of `spawn` */
  constructor(command, settings) {
    this.#command = command;
    this.#settings = { ...settings, stdio: ['ignore', 'pipe', 'pipe'] };
  }

  start() {
    const child = spawn(this.#command[0], this.#command.slice(1), this.#settings);
    this.#process = child;
    for (const input of [child.stdout, child.stderr]) createInterface({ input }).on('line', (line) => this.#hear(line));
    child.once('exit', (code, signal) => this.#hear(`exited with ${code ?? signal}`));
  }

  /** Resolves with the first line from index `from` on that matches; rejects if none comes in time. */
  said(pattern, ms, from = 0) {
    return new Promise((resolve, reject) => {
      const tooLate = setTimeout(() => reject(new Error(`not said in ${ms} ms: ${pattern}, but\n${this.lines.slice(from).join('\n')}`)), ms);
      const look = () => {
        const line = this.lines.slice(from).find((one) => pattern.test(one));
        if (line === undefined) return;
        clearTimeout(tooLate);
        this.#waiting.delete(look);
        resolve(line);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Stops it like docker compose: SIGTERM, and SIGKILL if it has not ended after `grace` ms. Resolves with whether it ended with exit code 0. */
  async stop(grace) {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode === 0;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), grace);
    const [code] = await exit;
    clearTimeout(late);
    return code === 0;
  }

  #hear(line) {
    this.lines.push(line);
    for (const look of [...this.#waiting]) look();
  }
}
