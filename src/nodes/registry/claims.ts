/**
 * Who runs the session of a bot in a guild: the one node that the entry names. It is taken by the revision of the entry before, so that of two
 * who want it at once one gets it; and only from a node whose lease has run out, or that has given it back.
 */
import { firstValueFrom, Observable, timer, type SchedulerLike } from 'rxjs';
import { AlreadyJoinedError } from '../../errors.js';
import type { Snowflake } from '../../types.js';
import { fromRecord, toRecord, type Bucket, type Buckets } from './buckets.js';

/** What is written down of a session. No token, no key: those are where the session runs, and nowhere else. */
export interface Ownership {
  /** The id of the node. */
  readonly node: string;
}

/** ms between two looks: the first ones soon, since a node that ends lets go within a moment. */
const FIRST_LOOK_MS = 10;
const LAST_LOOK_MS = 320;
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
   */
  claim$(bot: Snowflake, guildId: Snowflake): Observable<number> {
    return new Observable((subscriber) => {
      const key = `${bot}.${guildId}`;
      void this.#take(key, () => subscriber.closed).then(
        (revision) => {
          if (revision === undefined) return subscriber.error(new AlreadyJoinedError(guildId, bot));
          subscriber.add(() => void this.#giveBack(key, revision));
          subscriber.next(revision);
        },
        (error: unknown) => subscriber.error(error),
      );
    });
  }

  /** Undefined when another does not let go of it; 0 when nobody waits for it any more. */
  async #take(key: string, gone: () => boolean): Promise<number | undefined> {
    const begun = this.#scheduler.now();
    for (let pause = FIRST_LOOK_MS; !gone(); pause = Math.min(pause * 2, LAST_LOOK_MS)) {
      const revision = this.#held.has(key) ? undefined : await this.#try(key).catch(() => undefined);
      if (revision !== undefined) {
        this.#held.add(key);
        return revision;
      }
      if (this.#scheduler.now() - begun > this.#patience) return undefined;
      await firstValueFrom(timer(pause, this.#scheduler));
    }
    return 0;
  }

  /** Undefined while it is another's. Throws where somebody was faster, or the server is not reached: to be tried again. */
  async #try(key: string): Promise<number | undefined> {
    const mine = toRecord({ node: this.#node } satisfies Ownership);
    const entry = await this.#sessions.get(key);
    if (entry === null || entry.operation !== 'PUT') return this.#sessions.create(key, mine);
    const owner = fromRecord<Ownership>(entry)?.node;
    // What is this node's, and is not held, was taken without our hearing of it.
    const free = owner === this.#node || owner === undefined || fromRecord(await this.#nodes.get(owner)) === undefined;
    if (!free) return undefined;
    return this.#sessions.update(key, mine, entry.revision);
  }

  /** Until it is known to be given back: a node that lives would otherwise hold it for as long. */
  async #giveBack(key: string, revision: number): Promise<void> {
    if (revision === 0) return;
    while (!(await this.#givenBack(key, revision))) await firstValueFrom(timer(LAST_LOOK_MS, this.#scheduler));
    this.#held.delete(key);
  }

  async #givenBack(key: string, revision: number): Promise<boolean> {
    try {
      await this.#sessions.delete(key, { previousSeq: revision });
      return true;
    } catch {
      const entry = await this.#sessions.get(key).catch(() => undefined);
      return entry === null || (entry !== undefined && entry.revision !== revision);
    }
  }
}
