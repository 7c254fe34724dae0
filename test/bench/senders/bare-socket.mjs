/** Only a timer, and a socket for each session: the minimum cost of sending 50 datagrams a second. Sends to the discard port. */
import { createSocket } from 'node:dgram';

const EVERY_MS = 20;

/** Sends the frames of all plays with one timer. */
export class Bare {
  #plays = new Set();
  #sockets = [];
  #next = 0;
  #timer;

  async open(count) {
    for (let i = 0; i < count; i++) {
      const socket = createSocket('udp4');
      await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
      this.#sockets.push(socket);
    }
  }

  /** `read` returns the next frame; undefined ends the play. */
  play(index, read) {
    return new Promise((resolve) => {
      this.#plays.add({ socket: this.#sockets[index], read, resolve });
      if (this.#timer === undefined) this.#timer = this.#wait();
    });
  }

  #wait() {
    const now = performance.now();
    this.#next = Math.max(this.#next + EVERY_MS, now);
    return setTimeout(() => this.#tick(), this.#next - now);
  }

  #tick() {
    for (const play of this.#plays) {
      const frame = play.read();
      // Port 9 discards. If it is closed, the kernel reports that to connected sockets only.
      if (frame !== undefined) play.socket.send(frame, 9, '127.0.0.1');
      else if (this.#plays.delete(play)) play.resolve();
    }
    this.#timer = this.#plays.size > 0 ? this.#wait() : undefined;
  }

  close(index) {
    this.#sockets[index].close();
  }
}

export async function join(admissions) {
  const bare = new Bare();
  await bare.open(admissions.length);
  return admissions.map((_, index) => ({
    play: (frames) => {
      const source = frames[Symbol.iterator]();
      return bare.play(index, () => source.next().value);
    },
    leave: () => bare.close(index),
  }));
}
