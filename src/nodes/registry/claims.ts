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

/**
 * What came of a try: the revision; or when it may be had, while it is another's (`busy`: or another claim of this node is about to find that out);
 * or that what was asked for was not answered, and may be done; or nothing.
 */
type Found = number | 'soon' | 'late' | 'busy' | 'unanswered' | undefined;

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
  /** Keys that it tries to take: two claims at once would take one from the other, and both have it. */
  readonly #trying = new Set<string>();

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
      const refuse = (): void => subscriber.error(new AlreadyJoinedError(guildId, bot));
      void this.#take(key, { gone: () => subscriber.closed, refuse }, heir, expected).then((revision) => {
        if (revision === undefined) return;
        if (!subscriber.closed) heir?.taken(revision);
        subscriber.add(() => void this.#giveBack(key, revision, heir?.left()));
        subscriber.next(revision);
      });
    });
  }

  /** Undefined when nobody waits for it any more. What may have been taken then is found out, so as to be given back: it would be this node's for as long as that lives. */
  async #take(
    key: string,
    waiter: { gone(): boolean; refuse(): void },
    heir: Heir | undefined,
    expected: boolean,
  ): Promise<number | undefined> {
    const begun = this.#scheduler.now();
    let unanswered = false;
    while (!waiter.gone() || unanswered) {
      const found = await this.#inTurn(key, heir);
      if (typeof found === 'number') return found;
      if (found !== undefined && found !== 'busy') unanswered = found === 'unanswered';
      const waited = this.#scheduler.now() - begun;
      if (waited > this.#patience && !waiter.gone()) waiter.refuse();
      const pause = waiter.gone() ? RETRY_MS : untilNextLook(waited, expected || found === 'soon' || found === 'busy');
      if (!waiter.gone() || unanswered) await firstValueFrom(timer(pause, this.#scheduler));
    }
    return undefined;
  }

  async #inTurn(key: string, heir: Heir | undefined): Promise<Found> {
    if (this.#held.has(key)) return 'soon';
    if (this.#trying.has(key)) return 'busy';
    this.#trying.add(key);
    const found = await this.#try(key, heir).catch(() => undefined);
    this.#trying.delete(key);
    if (typeof found === 'number') this.#held.add(key);
    return found;
  }

  /** Throws where the server is not reached: to be tried again. */
  async #try(key: string, heir: Heir | undefined): Promise<Found> {
    const mine = toRecord({ node: this.#node, ...(heir === undefined ? {} : { process: heir.process }) } satisfies Ownership);
    const entry = await this.#sessions.get(key);
    const owner = fromRecord<Ownership>(entry)?.node;
    // What is this node's, and is not held, was taken without our hearing of it: the owner before is known already.
    if (owner !== this.#node) heir?.before(entry);
    const there = entry !== null && entry.operation === 'PUT';
    if (there && owner !== this.#node && owner !== undefined) {
      const other = fromRecord<NodeRecord>(await this.#nodes.get(owner));
      if (other !== undefined) return other.draining === true ? 'soon' : 'late';
    }
    const taken = there ? this.#sessions.update(key, mine, entry.revision) : this.#sessions.create(key, mine);
    // Or somebody was faster, which the next look tells.
    return taken.catch(() => 'unanswered' as const);
  }

  /** Until it is known to be given back: a node that lives would otherwise hold it for as long. */
  async #giveBack(key: string, revision: number, left: object | undefined): Promise<void> {
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
