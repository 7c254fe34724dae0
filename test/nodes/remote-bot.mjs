/** A bot in a process of its own, as the test controls it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Ignores the error of sending to a process that has just ended. */
const gone = () => undefined;

export class RemoteBot {
  /** The numbers of the songs that have started. */
  started = new Set();
  #process;
  #gateways = [];
  /** Resolvers of `stats()` in order. Several answers may come at once; a listener added after each one would miss some. */
  #asked = [];

  /**
   * @param server the voice server, whose bot gateways the bot uses
   * @param distance the {@link Distance} between the bot and the gateways
   * @param options the options of `natsEngine`
   * @param onFault called with each fault, as a text
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

  /** The messages and bytes that its connection to NATS has sent and received. */
  stats() {
    return new Promise((resolve) => {
      this.#asked.push(resolve);
      this.#process.send({ ask: 'stats' });
    });
  }

  /** Leaves all sessions, and ends the process. */
  async leave() {
    if (this.#process.connected) this.#process.send({ ask: 'leave' }, gone);
    await this.#end();
  }

  /** Kills the process: no session is left, and nobody is told. */
  async kill() {
    this.#process.kill('SIGKILL');
    await this.#end();
  }

  async #end() {
    if (this.#process.exitCode === null && this.#process.signalCode === null) await once(this.#process, 'exit');
    for (const gateway of this.#gateways) gateway.unsubscribe();
  }
}
