/** Which session sent what, from the server's events and packets: shows whether one owner of a voice session stopped before the next began. */
import { Subscription, type Observable } from 'rxjs';
import type { Snowflake } from '../types.js';
import type { ServerEvent } from './events.js';
import type { ServerPacket } from './traffic/packet.js';

/** One voice session, from its Identify. Times are milliseconds of the server's `now`. */
export interface SessionAccount {
  readonly guildId: Snowflake;
  readonly userId: Snowflake;
  /** Its own SSRC: no other session of this server has it, before or after. */
  readonly ssrc: number;
  /** The WebSockets that it used, one after the other, by their numbers in the events: more than one if it was resumed. */
  readonly connections: readonly number[];
  /** The port that it sends from, as its IP discovery showed; null before that. */
  readonly port: number | null;
  readonly identified: number;
  /** When its latest WebSocket was closed; null while it is open. */
  readonly closed: number | null;
  /** When it ended for good; null before that. */
  readonly ended: number | null;
  /** Accepted audio packets. */
  readonly packets: number;
  /** Datagrams of its SSRC that were not accepted, including those after its end. */
  readonly refused: number;
  /** When the first and the last datagram of both kinds arrived; null for none. */
  readonly first: number | null;
  readonly last: number | null;
}

/** Two sessions of one user in one guild, where the older still sent after the newer had begun to send. */
export interface Rivalry {
  readonly older: SessionAccount;
  readonly newer: SessionAccount;
  /** ms from the first datagram of the newer one to the last of the older one. */
  readonly overlap: number;
}

type Account = { -readonly [name in keyof SessionAccount]: SessionAccount[name] };

/** The {@link SessionAccount}s of all sessions that identify while it listens. They are kept until it is closed. */
export class SessionAccounts {
  readonly #bySsrc = new Map<number, Account>();
  readonly #byConnection = new Map<number, Account>();
  readonly #subscription = new Subscription();

  /** Begins to listen. @param server a `LoopbackVoiceServer`, or an object with its streams */
  constructor({ events$, packets$ }: { readonly events$: Observable<ServerEvent>; readonly packets$: Observable<ServerPacket> }) {
    this.#subscription.add(events$.subscribe((event) => this.#note(event)));
    this.#subscription.add(
      packets$.subscribe(({ ssrc, arrival }) => {
        const account = this.#came(ssrc, arrival);
        if (account !== undefined) account.packets += 1;
      }),
    );
  }

  /** The sessions so far, in the order of their Identifies. */
  get sessions(): readonly SessionAccount[] {
    return [...this.#bySsrc.values()].map((account) => ({ ...account, connections: [...account.connections] }));
  }

  /** Stops listening. */
  close(): void {
    this.#subscription.unsubscribe();
  }

  #note(event: ServerEvent): void {
    switch (event.type) {
      case 'identify':
        return this.#begin(event);
      case 'resume':
        return this.#resume(event);
      case 'discovery':
        return this.#change(event.ssrc, { port: event.port });
      case 'close':
        return this.#close(event);
      case 'session-ended':
        return this.#change(event.ssrc, { ended: event.at });
      case 'bad-datagram': {
        const account = event.ssrc === null ? undefined : this.#came(event.ssrc, event.at);
        if (account !== undefined) account.refused += 1;
      }
    }
  }

  #begin({ guildId, userId, ssrc, connection, at }: Extract<ServerEvent, { readonly type: 'identify' }>): void {
    if (guildId === null || userId === null) return;
    const none = { port: null, closed: null, ended: null, packets: 0, refused: 0, first: null, last: null };
    const account = { guildId, userId, ssrc, connections: [connection], identified: at, ...none };
    this.#bySsrc.set(ssrc, account);
    this.#byConnection.set(connection, account);
  }

  #resume({ ssrc, connection }: Extract<ServerEvent, { readonly type: 'resume' }>): void {
    const account = this.#bySsrc.get(ssrc);
    if (account === undefined) return;
    account.connections = [...account.connections, connection];
    account.closed = null;
    this.#byConnection.set(connection, account);
  }

  #close({ connection, at }: Extract<ServerEvent, { readonly type: 'close' }>): void {
    const account = this.#byConnection.get(connection);
    this.#byConnection.delete(connection);
    // A session that was resumed on another socket stays open when its old socket closes.
    if (account?.connections.at(-1) === connection) account.closed = at;
  }

  #change(ssrc: number, change: Partial<Account>): void {
    Object.assign(this.#bySsrc.get(ssrc) ?? {}, change);
  }

  #came(ssrc: number, at: number): Account | undefined {
    const account = this.#bySsrc.get(ssrc);
    if (account === undefined) return undefined;
    account.first ??= at;
    account.last = at;
    return account;
  }
}

/**
 * Finds pairs of sessions that break the rule of one sender at a time for a user in a guild. Datagrams that the server refused count too: they were
 * sent. An empty result proves nothing if the sessions never sent, so check `packets`, too.
 */
export function rivalries(sessions: readonly SessionAccount[]): Rivalry[] {
  const owners = new Map<string, SessionAccount[]>();
  for (const session of sessions) {
    const key = `${session.guildId}/${session.userId}`;
    owners.set(key, [...(owners.get(key) ?? []), session]);
  }
  return [...owners.values()].flatMap(rivalsAmong);
}

function rivalsAmong(sessions: readonly SessionAccount[]): Rivalry[] {
  const found: Rivalry[] = [];
  const inOrder = sessions.filter(({ first }) => first !== null).sort((a, b) => a.identified - b.identified || a.ssrc - b.ssrc);
  for (const [i, newer] of inOrder.entries())
    for (const older of inOrder.slice(0, i)) if (older.last! >= newer.first!) found.push({ older, newer, overlap: older.last! - newer.first! });
  return found;
}
