/** A real nats-server with JetStream, whose store outlives its process. */
import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { configuration } from './permissions.mjs';

const HOW = 'no nats-server: `apt-get install nats-server`, or `go install github.com/nats-io/nats-server/v2@latest`, or name one in NATS_SERVER';

/** Below the ephemeral ports of Linux (from 32768), macOS and Windows (from 49152). */
const [FIRST_PORT, LAST_PORT] = [20_000, 32_000];

export class NatsServer {
  #program;
  #env;
  #port;
  #monitor;
  #store;
  #process;

  /** @param config the configuration file; `env`: the environment variables that it uses */
  static async start(config = configuration(), env = {}) {
    const program = process.env.NATS_SERVER ?? 'nats-server';
    if (spawnSync(program, ['--version']).status !== 0) throw new Error(HOW);
    const server = new NatsServer();
    server.#program = program;
    server.#env = { ...process.env, ...env };
    server.#port = await freePort();
    server.#monitor = await freePort();
    server.#store = await mkdtemp(join(tmpdir(), 'rxvoice-nats-'));
    await writeFile(join(server.#store, 'server.conf'), config);
    await server.begin();
    return server;
  }

  get url() {
    return `nats://127.0.0.1:${this.#port}`;
  }

  get pid() {
    return this.#process.pid;
  }

  /** Starts the process. After {@link stop} it has the same port and store. */
  async begin() {
    const args = ['--config', join(this.#store, 'server.conf'), '--addr', '127.0.0.1', '--port', String(this.#port), '--http_port', String(this.#monitor), '--jetstream', '--store_dir', this.#store];
    this.#process = spawn(this.#program, args, { env: this.#env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    for await (const text of this.#process.stderr.iterator({ destroyOnReturn: false })) {
      said += text;
      if (said.includes('Server is ready')) break;
    }
    if (!said.includes('Server is ready')) throw new Error(`nats-server did not start: ${said}`);
    this.#process.stderr.resume();
  }

  /** The server's own figures: messages and bytes since it started, CPU in percent of a core, and memory in bytes. */
  async figures() {
    const answer = await fetch(`http://127.0.0.1:${this.#monitor}/varz`);
    return answer.json();
  }

  /** The figures of a stream: the number of writes, and the number and bytes of its entries. Zeros if it does not exist. */
  async stream(name) {
    const answer = await fetch(`http://127.0.0.1:${this.#monitor}/jsz?accounts=true&streams=true`);
    const { account_details: accounts = [] } = await answer.json();
    const stream = accounts.flatMap(({ stream_detail: streams = [] }) => streams).find((one) => one.name === name);
    return { writes: stream?.state.last_seq ?? 0, entries: stream?.state.messages ?? 0, bytes: stream?.state.bytes ?? 0 };
  }

  /** Stops the process for this many ms. */
  async stall(ms) {
    this.#process.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, ms));
    this.#process.kill('SIGCONT');
  }

  /** Kills the process. Clients are not told. */
  async stop() {
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exit;
  }

  async end() {
    if (this.#process.exitCode === null && this.#process.signalCode === null) await this.stop();
    await rm(this.#store, { recursive: true, force: true });
  }
}

/** Finds a free port outside the ephemeral range, so that no other process gets it while the server is away. */
async function freePort() {
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    const server = createServer().listen(port, '127.0.0.1');
    const free = await new Promise((resolve) => server.once('listening', () => resolve(true)).once('error', () => resolve(false)));
    if (!free) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
