/**
 * Who runs the session of a bot in a guild: the one node that the entry names. It is taken by the revision of the entry before, so that of two
 * who want it at once one gets it; and only from a node whose lease has run out, or that has given it back.
 */
import { firstValueFrom, Observable, timer, type SchedulerLike } from 'rxjs';
import { AlreadyJoinedError } from '../../errors.js';
import type { Snowflake } from '../../types.js';
import { fromRecord, toRecord, type Bucket, type Buckets, type Entry, type NodeRecord } from './buckets.js';
import { untilNextLook } from './looks.js';

/** What is written down of a session. No token, no key: those are where the session runs, and nowhere else. */
export interface Ownership {
  /** The id of the node. */
  readonly node: string;
  /** The process of the bot that it was taken for, where it is to be kept. */
  readonly process?: string;
}

/** Who takes a session that is kept, and what it finds and leaves. */
export interface Heir {
  /** The process of the bot that it is taken for. */
  readonly process: string;
  /** Told of each entry upon which it may be taken: the last before {@link taken} is the one of the owner before. */
  before(entry: Entry | null): void;
  /** It is taken. */
  taken(fence: number): void;
  /** It is given back: what its entry is to say then. Undefined: nothing. Asked once. */
  left(): object | undefined;
}

/** ms until what could not be given back is given back again. */
const RETRY_MS = 320;
/** ms beyond the lease, after which the other owner is not about to end. */
const PATIENCE_MS = 5_000;

export class Claims {
  readonly #sessions: Bucket;
  readonly #nodes: Bucket;
  readonly #node: string;
  readonly #patience: number;
  readonly #scheduler: SchedulerLike;
  /** Keys that this node has, or is about to give back. */
  readonly #held = new Set<string>();

  constructor({ sessions, nodes, lease }: Buckets, node: string, scheduler: SchedulerLike) {
    this.#sessions = sessions;
    this.#nodes = nodes;
    this.#node = node;
    this.#patience = lease + PATIENCE_MS;
    this.#scheduler = scheduler;
  }

  /**
   * Emits the fencing number when the session is this node's, and never completes: unsubscribing gives it back. Numbers of one session only
   * grow from owner to owner.
   *
   * @param expected whether the owner before is about to let go of it, since it has come from there in good order
   */
  claim$(bot: Snowflake, guildId: Snowflake, heir?: Heir, expected = false): Observable<number> {
    return new Observable((subscriber) => {
      const key = `${bot}.${guildId}`;
      void this.#take(key, () => subscriber.closed, heir, expected).then(
        (revision) => {
          if (revision === undefined) return subscriber.error(new AlreadyJoinedError(guildId, bot));
          if (!subscriber.closed) heir?.taken(revision);
          subscriber.add(() => void this.#giveBack(key, revision, heir?.left()));
          subscriber.next(revision);
        },
        (error: unknown) => subscriber.error(error),
      );
    });
  }

  /** Undefined when another does not let go of it; 0 when nobody waits for it any more. */
  async #take(key: string, gone: () => boolean, heir: Heir | undefined, expected: boolean): Promise<number | undefined> {
    const begun = this.#scheduler.now();
    while (!gone()) {
      const found = this.#held.has(key) ? 'soon' : await this.#try(key, heir).catch(() => 'late' as const);
      if (typeof found === 'number') {
        this.#held.add(key);
        return found;
      }
      const waited = this.#scheduler.now() - begun;
      if (waited > this.#patience) return undefined;
      await firstValueFrom(timer(untilNextLook(waited, expected || found === 'soon'), this.#scheduler));
    }
    return 0;
  }

  /** The revision; or when it may be had, while it is another's. Throws where somebody was faster, or the server is not reached: to be tried again. */
  async #try(key: string, heir: Heir | undefined): Promise<number | 'soon' | 'late'> {
    const mine = toRecord({ node: this.#node, ...(heir === undefined ? {} : { process: heir.process }) } satisfies Ownership);
    const entry = await this.#sessions.get(key);
    const owner = fromRecord<Ownership>(entry)?.node;
    // What is this node's, and is not held, was taken without our hearing of it: the owner before is known already.
    if (owner !== this.#node) heir?.before(entry);
    if (entry === null || entry.operation !== 'PUT') return this.#sessions.create(key, mine);
    if (owner !== this.#node && owner !== undefined) {
      const other = fromRecord<NodeRecord>(await this.#nodes.get(owner));
      if (other !== undefined) return other.draining === true ? 'soon' : 'late';
    }
    return this.#sessions.update(key, mine, entry.revision);
  }

  /** Until it is known to be given back: a node that lives would otherwise hold it for as long. */
  async #giveBack(key: string, revision: number, left: object | undefined): Promise<void> {
    if (revision === 0) return;
    while (!(await this.#givenBack(key, revision, left))) await firstValueFrom(timer(RETRY_MS, this.#scheduler));
    this.#held.delete(key);
  }

  async #givenBack(key: string, revision: number, left: object | undefined): Promise<boolean> {
    try {
      if (left === undefined) await this.#sessions.delete(key, { previousSeq: revision });
      else await this.#sessions.update(key, toRecord(left), revision);
      return true;
    } catch {
      const entry = await this.#sessions.get(key).catch(() => undefined);
      return entry === null || (entry !== undefined && entry.revision !== revision);
    }
  }
}
