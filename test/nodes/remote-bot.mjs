/** A bot in a process of its own, as the test sees it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What is said to a process that has just ended is heard by nobody. */
const gone = () => undefined;

export class RemoteBot {
  /** Songs that it was told have begun. */
  started = new Set();
  #process;
  #gateways = [];
  /** Who waits for figures: messages come several at once, and who listened anew after each would miss some. */
  #asked = [];

  /**
   * @param server the voice server, whose bot gateways it is connected to
   * @param distance between the two
   * @param options of `natsEngine`
   * @param onFault told of what should not be
   */
  constructor(server, distance, { url, file, songs, options, log = false }, onFault) {
    const child = fork(fileURLToPath(new URL('bot.mjs', import.meta.url)), [url, file, String(songs), JSON.stringify(options), String(log)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#process = child;
    for (let i = 0; i < songs; i += 1) {
      const userId = String(1_000 + i);
      const gateway = server.gateway(userId);
      this.#gateways.push(gateway.subscribe((payload) => distance.later(() => child.send({ userId, payload: distance.payload(payload) }, gone))));
    }
    child.on('message', ({ userId, payload, fault, started, stats }) => {
      if (userId !== undefined) distance.later(() => server.gateway(userId).next(payload));
      else if (fault !== undefined) onFault(fault);
      else if (started !== undefined) this.started.add(started);
      else if (stats !== undefined) this.#asked.shift()?.(stats);
    });
  }

  get pid() {
    return this.#process.pid;
  }

  /** What its connection to NATS has sent and got. */
  stats() {
    return new Promise((resolve) => {
      this.#asked.push(resolve);
      this.#process.send({ ask: 'stats' });
    });
  }

  /** Leaves all, and ends. */
  async leave() {
    if (this.#process.connected) this.#process.send({ ask: 'leave' }, gone);
    await this.#end();
  }

  /** Ends as by an accident: nothing is left, nobody is told. */
  async kill() {
    this.#process.kill('SIGKILL');
    await this.#end();
  }

  async #end() {
    if (this.#process.exitCode === null && this.#process.signalCode === null) await once(this.#process, 'exit');
    for (const gateway of this.#gateways) gateway.unsubscribe();
  }
}
