/** A node in a process of its own, as the test controls it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export class RemoteNode {
  state = { status: 'registering', id: null, sessions: 0 };
  #process;
  #waiting = new Set();

  /** Resolves when it serves. `execArgv`: Node options of its process. */
  static async start(url, options, log = false, execArgv = []) {
    const node = new RemoteNode();
    node.#process = fork(fileURLToPath(new URL('node.mjs', import.meta.url)), [url, JSON.stringify(options)], { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    node.#process.on('message', (state) => {
      node.state = { ...node.state, ...state };
      if (log) console.error(Date.now(), options.name, JSON.stringify(state));
      for (const look of node.#waiting) look();
    });
    node.#process.once('exit', (code) => {
      node.state = { ...node.state, status: 'exited', code };
      for (const look of node.#waiting) look();
    });
    await node.when(({ status }) => status === 'serving');
    return node;
  }

  /** Resolves when `holds` is true of its state; rejects if the process has exited. */
  when(holds) {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (holds(this.state)) resolve(this.state);
        else if (this.state.status === 'exited') reject(new Error(`the node has ended with ${this.state.code}`));
        else return;
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** ms of CPU since it started, and its resident memory in bytes. */
  async usage() {
    this.state = { ...this.state, usage: undefined };
    this.#process.send('usage');
    const { usage } = await this.when(({ usage }) => usage !== undefined);
    return usage;
  }

  get pid() {
    return this.#process.pid;
  }

  get alive() {
    return this.state.status !== 'exited';
  }

  signal(name) {
    this.#process.kill(name);
  }

  async end() {
    if (!this.alive) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exit;
  }
}
