/** Questions and answers between the benchmark and its child processes, over Node's IPC. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A child that answers. `ask` rejects if it fails, ends early, or does not answer by the deadline; the child is then killed. */
export class Child {
  #process;
  #exit;

  /** @param script a path relative to this file, or a URL; `execPath`: the executable that runs it, default Node */
  constructor(script, args = [], { env = {}, execArgv = [], execPath = process.execPath } = {}) {
    this.#process = fork(fileURLToPath(new URL(script, import.meta.url)), args, {
      env: { ...process.env, ...env },
      execPath,
      execArgv,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#exit = once(this.#process, 'exit');
  }

  get pid() {
    return this.#process.pid;
  }

  /** Does nothing if the child has ended. */
  signal(name) {
    this.#process.kill(name);
  }

  /** @param deadline ms */
  async ask(type, body = {}, deadline = 30_000) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`'${type}' was not answered within ${deadline} ms`)), deadline);
    });
    const died = this.#exit.then(([code, signal]) => Promise.reject(new Error(`'${type}': the process ended (${code ?? signal})`)));
    // A rejection after the race is settled must not be reported as unhandled.
    died.catch(() => undefined);
    try {
      const answer = once(this.#process, 'message');
      this.#process.send({ type, ...body });
      const [{ error, value }] = await Promise.race([answer, late, died]);
      if (error !== undefined) throw new Error(`'${type}' failed: ${error}`);
      return value;
    } catch (error) {
      this.#process.kill('SIGKILL');
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Disconnects the child, which ends it; kills it if it has not ended after 5 s. */
  async end() {
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 5_000);
    await this.#exit;
    clearTimeout(timer);
  }
}

/** In a child: answers each question with the handler of its type. */
export function answer(handlers, onEnd) {
  process.on('message', async ({ type, ...body }) => {
    try {
      process.send({ value: (await handlers[type](body)) ?? null });
    } catch (error) {
      process.send({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.on('disconnect', async () => {
    await onEnd?.();
    process.exit(0);
  });
}
