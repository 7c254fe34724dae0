/** Simulates a distant voice server: each message and datagram takes half a round trip, and connecting takes those of TCP, TLS 1.3 and HTTP. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';

/** Round trips to open a WebSocket. */
const CONNECT_TRIPS = 3;
const READY = 2;

export class Distance {
  #half;
  #server;
  #proxy;
  #datagrams = new Set();
  #closed = false;

  /** @param ms the duration of a round trip; 0: no proxy is used */
  static async to(server, ms) {
    const distance = new Distance();
    distance.#half = ms / 2;
    distance.#server = server;
    if (ms === 0) return distance;
    distance.#proxy = new WebSocketServer({ host: '127.0.0.1', port: 0, verifyClient: (_, admit) => setTimeout(admit, CONNECT_TRIPS * ms, true) });
    distance.#proxy.on('connection', (socket, { url }) => distance.#connect(socket, url));
    await once(distance.#proxy, 'listening');
    return distance;
  }

  /** Calls `act` half a round trip later, or not at all if this is closed by then. */
  later(act) {
    if (this.#half === 0) act();
    else setTimeout(() => this.#closed || act(), this.#half);
  }

  /** Returns a payload of the bot's gateway, with the endpoint replaced by that of the proxy. */
  payload(payload) {
    if (this.#proxy === undefined || payload.t !== 'VOICE_SERVER_UPDATE' || payload.d.endpoint === null) return payload;
    return { ...payload, d: { ...payload.d, endpoint: `ws://127.0.0.1:${this.#proxy.address().port}` } };
  }

  close() {
    this.#closed = true;
    this.#proxy?.close();
    for (const socket of this.#proxy?.clients ?? []) socket.terminate();
    for (const socket of this.#datagrams) socket.close();
  }

  #connect(near, path) {
    const far = new WebSocket(new URL(path, this.#server.endpoint));
    const open = once(far, 'open');
    const way = this.#way();
    far.on('message', (data, binary) => this.later(() => near.send(binary ? data : this.#told(String(data), way))));
    near.on('message', (data, binary) => this.later(() => void open.then(() => far.send(data, { binary }))));
    this.#ends(near, far);
    this.#ends(far, near);
  }

  #ends(one, other) {
    one.on('error', () => undefined);
    one.on('close', (code, reason) => this.later(() => (code === 1005 || code === 1006 ? other.terminate() : other.close(code, reason))));
  }

  /** Returns a message of the voice server. In Ready, the address is replaced by that of the proxy, so that media passes through it, too. */
  #told(text, way) {
    const message = JSON.parse(text);
    if (message.op !== READY) return text;
    way.to = message.d;
    return JSON.stringify({ ...message, d: { ...message.d, ip: '127.0.0.1', port: way.near.address().port } });
  }

  /** Opens a pair of UDP sockets that forward datagrams. They are bound by the time Ready comes. */
  #way() {
    const [near, far] = [createSocket('udp4'), createSocket('udp4')];
    const way = { near, to: undefined };
    let client;
    near.on('message', (data, from) => {
      client = from;
      this.later(() => far.send(data, way.to.port, way.to.ip));
    });
    far.on('message', (data) => this.later(() => near.send(data, client.port, client.address)));
    for (const socket of [near, far]) {
      this.#datagrams.add(socket);
      socket.on('error', () => undefined);
      socket.bind(0, '127.0.0.1');
    }
    return way;
  }
}
