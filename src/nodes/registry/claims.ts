/**
 * The session of a bot in a guild is run by the one node that its entry names. A node takes it with a compare-and-set on the revision of the former
 * entry, so of two nodes that try at once only one gets it; and only if the former node's lease has expired, or it has given the session back.
 */
import { firstValueFrom, Observable, timer, type SchedulerLike } from 'rxjs';
import { AlreadyJoinedError } from '../../errors.js';
import type { Snowflake } from '../../types.js';
import { fromRecord, toRecord, type Bucket, type Buckets, type Entry, type NodeRecord } from './buckets.js';
import { untilNextLook } from './looks.js';

/** The entry of a session. It contains no token and no key: those exist only where the session runs. */
export interface Ownership {
  /** The id of the node. */
  readonly node: string;
  /** If the session is to be kept: the process of the bot that it was taken for. */
  readonly process?: string;
}

/** Takes over what the previous owner of a kept session left, and leaves something for the next one. */
export interface Heir {
  /** The process of the bot that the session is taken for. */
  readonly process: string;
  /** Called with each entry that may be replaced. The last one before {@link taken} is that of the previous owner. */
  before(entry: Entry | null): void;
  /** The session is taken. */
  taken(fence: number): void;
  /** The session is given back. Returns the content of its entry from then on; undefined: the entry is deleted. Called once. */
  left(): object | undefined;
}

/**
 * The result of one try: the revision; or, while the session has an owner, whether it is likely to be free `soon` or `late`; `busy`: another claim of
 * this node is trying; `unanswered`: the write was not confirmed, and may have been done; undefined: the server was not reached.
 */
type Found = number | 'soon' | 'late' | 'busy' | 'unanswered' | undefined;

/** ms until a failed attempt to give a session back is repeated. */
const RETRY_MS = 320;
/** ms beyond the lease after which the other owner is considered alive. */
const PATIENCE_MS = 5_000;

export class Claims {
  readonly #sessions: Bucket;
  readonly #nodes: Bucket;
  readonly #node: string;
  readonly #patience: number;
  readonly #scheduler: SchedulerLike;
  /** Keys that this node owns, or is giving back. */
  readonly #held = new Set<string>();
  /** Keys that it is trying to take. Of two claims at once, the second would replace the entry of the first, and both would have the session. */
  readonly #trying = new Set<string>();

  constructor({ sessions, nodes, lease }: Buckets, node: string, scheduler: SchedulerLike) {
    this.#sessions = sessions;
    this.#nodes = nodes;
    this.#node = node;
    this.#patience = lease + PATIENCE_MS;
    this.#scheduler = scheduler;
  }

  /**
   * Emits the fencing number when this node owns the session, and never completes: unsubscribing gives it back. The numbers of one session only
   * grow from owner to owner.
   *
   * @param expected whether the previous owner is about to give it back, because it is moving the session here
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

  /** Undefined when nobody waits any more. First finds out whether an unanswered write took the session, to give it back: else this node would own it until it ends. */
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

  /** Throws if the server is not reached; then it must be tried again. */
  async #try(key: string, heir: Heir | undefined): Promise<Found> {
    const mine = toRecord({ node: this.#node, ...(heir === undefined ? {} : { process: heir.process }) } satisfies Ownership);
    const entry = await this.#sessions.get(key);
    const owner = fromRecord<Ownership>(entry)?.node;
    // An entry of this node that is not in `#held` was taken by an unanswered write. The previous owner is known already.
    if (owner !== this.#node) heir?.before(entry);
    const there = entry !== null && entry.operation === 'PUT';
    if (there && owner !== this.#node && owner !== undefined) {
      const other = fromRecord<NodeRecord>(await this.#nodes.get(owner));
      if (other !== undefined) return other.draining === true ? 'soon' : 'late';
    }
    const taken = there ? this.#sessions.update(key, mine, entry.revision) : this.#sessions.create(key, mine);
    // Unanswered, or another node was faster; the next look shows which.
    return taken.catch(() => 'unanswered' as const);
  }

  /** Tries until the session is known to be given back. Otherwise this node would own it for as long as it lives. */
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
