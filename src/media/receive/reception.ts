/** The books of a session's reception: one {@link ReceptionBook} for each user, and one place for each datagram. */
import type { Snowflake } from '../../types.js';
import type { DatagramStats, ReceiveStats, ReceptionStats } from './receive-stats.js';
import { ReceptionBook } from './reception-book.js';

/** Users whose books are kept. Of a call that sees more, the first ones stay in the totals alone. */
const MAX_USERS = 1_000;

/** What {@link Reception} counts itself; the rest of {@link DatagramStats} is in the users' books. */
type Counted = { -readonly [K in Exclude<keyof DatagramStats, 'audio' | 'refused'>]: number };

const NOTHING = new ReceptionBook().stats(null);

export class Reception {
  readonly datagrams: Counted = {
    received: 0, duplicates: 0, empty: 0, waiting: 0, unclaimed: 0, undecryptable: 0, unheard: 0,
    rtcp: 0, rtcpUndecryptable: 0, rtcpMalformed: 0, control: 0, malformed: 0, other: 0,
  }; // prettier-ignore
  /** None before somebody is listened to. */
  #users: Map<Snowflake, ReceptionBook> | undefined;
  /** Of packets that nobody has claimed in time, of any number of SSRCs: their sequence numbers mean nothing together. */
  #nobody: ReceptionBook | undefined;
  /** What those have in common whose books were closed. */
  #closed = NOTHING;

  /** The book of a user; of nobody in particular for null. */
  of(userId: Snowflake | null): ReceptionBook {
    if (userId === null) return (this.#nobody ??= new ReceptionBook());
    return this.#users?.get(userId) ?? this.#open(userId);
  }

  /** A datagram passes that nobody listens to. */
  unheard(userId: Snowflake | null): void {
    this.datagrams.unheard += 1;
    if (userId !== null) this.#users?.get(userId)?.interrupt();
  }

  /** An authentic packet came again, or so far out of turn that it cannot be told from one that did. */
  duplicate(userId: Snowflake | null): void {
    this.datagrams.duplicates += 1;
    this.of(userId).duplicates += 1;
  }

  /** All of it at `at` (ms); `before` is what was told last, for the bitrates since. */
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
