/** One link of a bot to a node, as the node sees it. */
import type { HandOver } from '../engine/hand-over/prepared.js';
import { serveEngine, type Drive, type OpenSource, type Play } from '../engine/serve-engine.js';
import type { BotAddress } from './address.js';
import { Link, type LinkOptions } from './link/link.js';
import { linkPort } from './link/link-port.js';

/** How late the bot may be told of a frame that was sent, in ms. */
const SENT_EVERY_MS = 100;

/** What the node does for a bot. */
export interface GuestWork {
  readonly drive: Drive;
  readonly open: OpenSource;
  readonly play: Play;
  readonly handOver: HandOver;
}

export class Guest {
  readonly from: BotAddress;
  readonly #link: Link;
  #ended = false;
  #gone = false;

  constructor(from: BotAddress, options: LinkOptions, { drive, open, play, handOver }: GuestWork, gone: () => void) {
    this.from = from;
    this.#link = new Link(options);
    // Subscribed before the sessions are served: while they end, their teardown reads `gone`.
    this.#link.payloads$.subscribe({
      error: () => {
        this.#gone = !this.#ended && !this.#link.left;
        gone();
      },
    });
    serveEngine(linkPort(this.#link, SENT_EVERY_MS), drive, open, play, handOver);
  }

  /** Whether the link ended because the bot is gone, not because it left or this node ended the link. */
  get gone(): boolean {
    return this.#gone;
  }

  /** When the last packet of the bot came. */
  get heardAt(): number {
    return this.#link.heardAt;
  }

  receive(packet: Uint8Array): void {
    this.#link.receive(packet);
  }

  /** Ends the link because another process has taken the bot's place. Counts as gone; if it still lives, it is told why. */
  replaced(why: string): void {
    this.#link.end(why);
  }

  /** Ends the bot's sessions on this node, and tells the bot. */
  end(why: string): void {
    this.#ended = true;
    this.#link.end(why);
  }
}
