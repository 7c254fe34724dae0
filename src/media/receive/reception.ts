/** The statistics of a session's reception: a {@link ReceptionBook} for each user, and one count for each datagram. */
import type { Snowflake } from '../../types.js';
import type { DatagramStats, ReceiveStats, ReceptionStats } from './receive-stats.js';
import { ReceptionBook } from './reception-book.js';

/** How many users have a book. In a call with more users, the earliest ones remain only in the totals. */
const MAX_USERS = 1_000;

/** What {@link Reception} counts itself; the rest of {@link DatagramStats} is in the users' books. */
type Counted = { -readonly [K in Exclude<keyof DatagramStats, 'audio' | 'refused'>]: number };

const NOTHING = new ReceptionBook().stats(null);

export class Reception {
  readonly datagrams: Counted = {
    received: 0, duplicates: 0, empty: 0, waiting: 0, unclaimed: 0, undecryptable: 0, unheard: 0,
    rtcp: 0, rtcpUndecryptable: 0, rtcpMalformed: 0, control: 0, malformed: 0, other: 0,
  }; // prettier-ignore
  /** Undefined until somebody is listened to. */
  #users: Map<Snowflake, ReceptionBook> | undefined;
  /** For packets without an owner, of any number of SSRCs; so their sequence numbers do not form one sequence. */
  #nobody: ReceptionBook | undefined;
  /** The sum of all books that were closed. */
  #closed = NOTHING;

  /** The book of a user; for null, the book of packets without an owner. */
  of(userId: Snowflake | null): ReceptionBook {
    if (userId === null) return (this.#nobody ??= new ReceptionBook());
    return this.#users?.get(userId) ?? this.#open(userId);
  }

  /** Counts a datagram that nobody listens to. */
  unheard(userId: Snowflake | null): void {
    this.datagrams.unheard += 1;
    if (userId !== null) this.#users?.get(userId)?.interrupt();
  }

  /** An authentic packet arrived again, or so far out of order that it cannot be distinguished from a repeated one. */
  duplicate(userId: Snowflake | null): void {
    this.datagrams.duplicates += 1;
    this.of(userId).duplicates += 1;
  }

  /** All statistics at `at` (ms); `before` is the previous value, from which the bitrates are computed. */
  stats(at: number, before: ReceiveStats | undefined): ReceiveStats {
    const seconds = before === undefined ? 0 : (at - before.at) / 1_000;
    const rate = (bytes: number, told: ReceptionStats | undefined): number | null =>
      seconds > 0 ? Math.max(0, bytes - (told?.bytes ?? 0)) * 8 / seconds : null; // prettier-ignore
    const users = new Map<Snowflake, ReceptionStats>();
    let totals = sum(this.#closed, this.#nobody?.stats(null) ?? NOTHING);
    for (const [userId, book] of this.#users ?? []) {
      const stats = book.stats(rate(book.bytes, before?.users.get(userId)));
      users.set(userId, stats);
      totals = sum(totals, stats);
    }
    const { packets, bytes, refused } = totals;
    return {
      at,
      users,
      totals: { ...totals, bitrate: rate(bytes, before?.totals) },
      datagrams: { ...this.datagrams, audio: packets, refused: Object.values(refused).reduce((a, b) => a + b, 0) },
    };
  }

  #open(userId: Snowflake): ReceptionBook {
    const users = (this.#users ??= new Map<Snowflake, ReceptionBook>());
    if (users.size >= MAX_USERS) {
      const [oldest, book] = users.entries().next().value!;
      users.delete(oldest);
      this.#closed = { ...sum(this.#closed, book.stats(null)), jitter: 0 };
    }
    const book = new ReceptionBook();
    users.set(userId, book);
    return book;
  }
}

function sum(a: ReceptionStats, b: ReceptionStats): ReceptionStats {
  return {
    packets: a.packets + b.packets,
    bytes: a.bytes + b.bytes,
    lost: a.lost + b.lost,
    plain: a.plain + b.plain,
    duplicates: a.duplicates + b.duplicates,
    reordered: a.reordered + b.reordered,
    refused: {
      noKey: a.refused.noKey + b.refused.noKey,
      undecryptable: a.refused.undecryptable + b.refused.undecryptable,
      unencrypted: a.refused.unencrypted + b.refused.unencrypted,
      unknownUser: a.refused.unknownUser + b.refused.unknownUser,
      expired: a.refused.expired + b.refused.expired,
    },
    jitter: Math.max(a.jitter, b.jitter),
    bitrate: null,
  };
}
