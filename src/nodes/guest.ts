/** One link of a bot to a node, as the node sees it. */
import { serveEngine, type Drive, type OpenSource } from '../engine/serve-engine.js';
import { Link, type LinkOptions } from './link/link.js';
import { linkPort } from './link/link-port.js';

/** So late (ms) a listener in the bot may hear of a frame that was sent. */
const SENT_EVERY_MS = 100;

export class Guest {
  readonly #link: Link;

  constructor(options: LinkOptions, drive: Drive, open: OpenSource, gone: () => void) {
    this.#link = new Link(options);
    this.#link.payloads$.subscribe({ error: gone });
    serveEngine(linkPort(this.#link, SENT_EVERY_MS), drive, open);
  }

  receive(packet: Uint8Array): void {
    this.#link.receive(packet);
  }

  /** Its sessions end here, and the bot is told. */
  end(why: string): void {
    this.#link.end(why);
  }
}
