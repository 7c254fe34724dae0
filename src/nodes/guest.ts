/** One link of a bot to a node, as the node sees it. */
import type { HandOver } from '../engine/hand-over/prepared.js';
import { serveEngine, type Drive, type OpenSource, type Play } from '../engine/serve-engine.js';
import type { BotAddress } from './address.js';
import { Link, type LinkOptions } from './link/link.js';
import { linkPort } from './link/link-port.js';

/** So late (ms) a listener in the bot may hear of a frame that was sent. */
const SENT_EVERY_MS = 100;

/** What is done for a bot. */
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
    // First: whoever lets go of what was the bot's may ask why.
    this.#link.payloads$.subscribe({
      error: () => {
        this.#gone = !this.#ended && !this.#link.left;
        gone();
      },
    });
    serveEngine(linkPort(this.#link, SENT_EVERY_MS), drive, open, play, handOver);
  }

  /** Whether it is the bot that is not there any more. */
  get gone(): boolean {
    return this.#gone;
  }

  /** When the bot was heard of last. */
  get heardAt(): number {
    return this.#link.heardAt;
  }

  receive(packet: Uint8Array): void {
    this.#link.receive(packet);
  }

  /** Another process is there in its place: it is gone, or is told so. */
  replaced(why: string): void {
    this.#link.end(why);
  }

  /** Its sessions end here, and the bot is told. */
  end(why: string): void {
    this.#ended = true;
    this.#link.end(why);
  }
}
