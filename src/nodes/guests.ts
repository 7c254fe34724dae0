/** Who has a link to a node: one for each process of a bot that has sessions there. */
import type { SchedulerLike } from 'rxjs';
import { allToNode, speaker, toBot, type BotAddress } from './address.js';
import type { NatsMessage, Uplink } from './connection.js';
import { Guest, type GuestWork } from './guest.js';
import { decodePacket, encodePacket, isEnd, REPLACED } from './link/packet.js';
import { succeeds } from './process-name.js';

/** Links that have ended are remembered: a packet of theirs that was late begins none anew. */
const MAX_ENDED = 1_000;

/** Whether the bot is there. */
export type Presence = Pick<Guest, 'gone' | 'heardAt'>;

export interface GuestsOptions {
  readonly node: string;
  readonly prefix: string;
  /** ms without a word after which a process is taken to be gone. */
  readonly silentAfter: number;
  /** Whether the node may run anything. While it may not, it says nothing but that it ends: what it would tell as sent went into the fence, and is to be sent by the next. */
  readonly valid: () => boolean;
  readonly scheduler: SchedulerLike;
  /** @param presence looked at whenever it is asked for, and not before the guest is there */
  readonly work: (from: BotAddress, presence: () => Presence) => GuestWork;
}

export class Guests {
  readonly #uplink: Uplink;
  readonly #options: GuestsOptions;
  /** By their processes and links. */
  readonly #guests = new Map<string, Guest>();
  readonly #ended = new Set<string>();

  constructor(uplink: Uplink, options: GuestsOptions) {
    this.#uplink = uplink;
    this.#options = options;
  }

  /** Listens; returns what ends that. */
  listen(): () => void {
    const { prefix, node } = this.#options;
    return this.#uplink.subscribe(allToNode(prefix, node), (message) => this.#receive(message));
  }

  /** All links end, and who is at the other end is told why. */
  end(why: string): void {
    for (const guest of [...this.#guests.values()]) guest.end(why);
  }

  #receive({ subject, data }: NatsMessage): void {
    const { from, link } = speaker(subject);
    const key = `${from.process}.${link}`;
    const guest = this.#guests.get(key) ?? this.#welcome(from, link, key, data);
    guest?.receive(data);
  }

  /** Who begins is welcome. Who goes on with what is not known here is told so, and begins anew elsewhere. */
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

  /** Those of the same instance that began before are gone. False where it is such a one itself. */
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
