/** What may wait in a WebSocket whose peer does not read. */
import { describe, expect, it } from 'vitest';
import { boundedSend, type BoundableSocket } from '../../src/bounded-send.js';

/** A socket whose peer does not read: whatever is written waits. */
class UnreadSocket implements BoundableSocket {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  readonly notes: string[] = [];

  send(message: string | Uint8Array): void {
    this.#wrote('send', message.length);
  }

  pong(data: Buffer): void {
    this.#wrote('pong', data.length);
  }

  terminate(): void {
    this.notes.push('terminate');
    this.readyState = 2;
  }

  #wrote(what: string, bytes: number): void {
    this.notes.push(`${what} ${bytes}`);
    this.bufferedAmount += bytes;
  }
}

describe('boundedSend', () => {
  it('writes while no more than so many bytes wait, and then breaks off, once, and says so', () => {
    const socket = new UnreadSocket();
    const { send, pong } = boundedSend(socket, 10, () => socket.notes.push('stalled'));
    send('hello');
    pong(Buffer.alloc(5));
    send(new Uint8Array(3));
    for (const act of [() => send('more'), () => pong(Buffer.alloc(1)), () => send('and more')]) act();
    expect(socket.notes).toEqual(['send 5', 'pong 5', 'send 3', 'terminate', 'stalled']);
  });

  it('goes on for whoever reads, however much it is', () => {
    const socket = new UnreadSocket();
    const { send } = boundedSend(socket, 10);
    for (let i = 0; i < 1_000; i += 1) {
      send('hello');
      socket.bufferedAmount = 0;
    }
    expect(socket.notes).toHaveLength(1_000);
  });

  it('writes nothing on a socket that is not open', () => {
    const socket = new UnreadSocket();
    socket.readyState = 2;
    const { send, pong } = boundedSend(socket, 0);
    send('hello');
    pong(Buffer.alloc(1));
    expect(socket.notes).toEqual([]);
  });
});
