/** The links to a node: one for each process of a bot that has sessions there. */
import type { SchedulerLike } from 'rxjs';
import { allToNode, speaker, toBot, type BotAddress } from './address.js';
import type { NatsMessage, Uplink } from './connection.js';
import { Guest, type GuestWork } from './guest.js';
import { decodePacket, encodePacket, isEnd, REPLACED } from './link/packet.js';
import { succeeds } from './process-name.js';

/** How many ended links are remembered, so that a late packet of one does not start it again. */
const MAX_ENDED = 1_000;

/** Whether the bot is gone, and when it was last heard. */
export type Presence = Pick<Guest, 'gone' | 'heardAt'>;

export interface GuestsOptions {
  readonly node: string;
  readonly prefix: string;
  /** ms without a message after which a process is considered gone. */
  readonly silentAfter: number;
  /** Whether the node may run sessions. While it may not, it only sends `end`: the fence discarded the frames that it would report as sent; the next node must send them. */
  readonly valid: () => boolean;
  readonly scheduler: SchedulerLike;
  /** @param presence returns the current presence; must not be called before the guest exists */
  readonly work: (from: BotAddress, presence: () => Presence) => GuestWork;
}

export class Guests {
  readonly #uplink: Uplink;
  readonly #options: GuestsOptions;
  /** By `PROCESS.LINK`. */
  readonly #guests = new Map<string, Guest>();
  readonly #ended = new Set<string>();

  constructor(uplink: Uplink, options: GuestsOptions) {
    this.#uplink = uplink;
    this.#options = options;
  }

  /** Subscribes to packets of bots. Returns a function that unsubscribes. */
  listen(): () => void {
    const { prefix, node } = this.#options;
    return this.#uplink.subscribe(allToNode(prefix, node), (message) => this.#receive(message));
  }

  /** Ends all links, and tells the bots why. */
  end(why: string): void {
    for (const guest of [...this.#guests.values()]) guest.end(why);
  }

  #receive({ subject, data }: NatsMessage): void {
    const { from, link } = speaker(subject);
    const key = `${from.process}.${link}`;
    const guest = this.#guests.get(key) ?? this.#welcome(from, link, key, data);
    guest?.receive(data);
  }

  /** Accepts a new link. A link that continues but is unknown here is refused with `end`, so that the bot starts again elsewhere. */
  #welcome(from: BotAddress, link: string, key: string, data: Uint8Array): Guest | undefined {
    const { prefix, node, silentAfter, valid, scheduler, work } = this.#options;
    const packet = decodePacket(data);
    if (packet === undefined || packet.kind === 'end') return undefined;
    const subject = toBot(prefix, from, node, link);
    const refused =
      packet.number !== 1 || this.#ended.has(key) ? 'the node knows nothing of this link' : this.#replaces(from) ? undefined : REPLACED;
    if (refused !== undefined) {
      this.#uplink.publish(subject, encodePacket({ kind: 'end', number: 0, acknowledged: 0, body: new TextEncoder().encode(refused) }));
      return undefined;
    }
    const { up$, maxPayload } = this.#uplink;
    const publish = (bytes: Uint8Array): void => {
      if (valid() || isEnd(bytes)) this.#uplink.publish(subject, bytes);
    };
    const options = { publish, up$, maxPacket: maxPayload, silentAfter, scheduler };
    const guest: Guest = new Guest(
      from,
      options,
      work(from, () => guest),
      () => this.#goodbye(key),
    );
    this.#guests.set(key, guest);
    return guest;
  }

  /** Ends the links of earlier processes of the same instance. Returns false if a later one is here: then this process is the outdated one. */
  #replaces({ bot, process }: BotAddress): boolean {
    const others = [...this.#guests.values()].filter(({ from }) => from.bot === bot);
    if (others.some(({ from }) => succeeds(from.process, process))) return false;
    for (const other of others) if (succeeds(process, other.from.process)) other.replaced(REPLACED);
    return true;
  }

  #goodbye(key: string): void {
    this.#guests.delete(key);
    this.#ended.add(key);
    const [oldest] = this.#ended;
    if (this.#ended.size > MAX_ENDED) this.#ended.delete(oldest!);
  }
}
