/** Serves a song over HTTP, with a delay before each answer. */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';

export class SlowSongs {
  #server;

  /** @param ms before each answer */
  static async serve(file, ms) {
    const songs = new SlowSongs();
    songs.#server = createServer((_, response) => {
      setTimeout(() => createReadStream(file).pipe(response.writeHead(200, { 'content-type': 'audio/ogg' })), ms);
    }).listen(0, '127.0.0.1');
    await once(songs.#server, 'listening');
    return songs;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/song.opus`;
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
