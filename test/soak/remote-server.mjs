/** The voice server in its own process, seen from this one: a bot gateway for each user, faults, and a report. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Observable, Subject } from 'rxjs';

export class RemoteServer {
  #process;
  #exit;
  #events = new Map();
  #reports = new Map();
  #nextReport = 0;

  static async start() {
    const server = new RemoteServer();
    await once(server.#process, 'message');
    server.#process.on('message', (message) => server.#onMessage(message));
    return server;
  }

  constructor() {
    this.#process = fork(fileURLToPath(new URL('server.mjs', import.meta.url)), [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#exit = once(this.#process, 'exit');
  }

  gateway(userId) {
    let events = this.#events.get(userId);
    if (events === undefined) this.#events.set(userId, (events = new Subject()));
    const port = new Observable((subscriber) => events.subscribe(subscriber));
    return Object.assign(port, { next: (command) => this.#send({ type: 'command', userId, command }) });
  }

  fault(name, ...args) {
    this.#send({ type: 'fault', name, args });
  }

  loss(share) {
    this.#send({ type: 'loss', share });
  }

  report() {
    const id = ++this.#nextReport;
    return new Promise((resolve) => {
      this.#reports.set(id, resolve);
      this.#send({ type: 'report', id });
    });
  }

  async end() {
    if (this.#process.connected) this.#send({ type: 'end' });
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 5_000);
    await this.#exit;
    clearTimeout(timer);
  }

  #send(message) {
    if (this.#process.connected) this.#process.send(message);
  }

  #onMessage({ type, ...body }) {
    if (type === 'event') this.#events.get(body.userId)?.next(body.payload);
    else if (type === 'report') {
      this.#reports.get(body.id)?.(body.report);
      this.#reports.delete(body.id);
    }
  }
}
