/** One node, as a bot sees it. The link exists for as long as sessions of the bot run there. */
import { HomeSide } from '../engine/home-side.js';
import { Link, type LinkOptions } from './link/link.js';
import { linkPort } from './link/link-port.js';

export class Host {
  readonly home: HomeSide;
  readonly #link: Link;
  #sessions = 0;
  #lost = false;

  /** @param gone called once, when the link has ended; `lost` if sessions still ran on it */
  constructor(options: LinkOptions, gone: (lost: boolean) => void) {
    this.#link = new Link(options);
    this.#link.payloads$.subscribe({
      error: () => {
        this.#lost = true;
        gone(this.#sessions > 0);
      },
    });
    this.home = new HomeSide(linkPort(this.#link, 0), options.up$);
  }

  receive(packet: Uint8Array): void {
    this.#link.receive(packet);
  }

  /** Counts one more session on the node. Returns a function that removes it again; after the last one the link ends. */
  hold(): () => void {
    this.#sessions += 1;
    return () => {
      this.#sessions -= 1;
      if (this.#sessions === 0 && !this.#lost) this.#link.end('the bot has no session here any more', true);
    };
  }

  end(): void {
    this.#link.end('the bot has ended');
  }
}
