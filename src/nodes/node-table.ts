/** The existing nodes, as a bot sees them. */
import { distinctUntilChanged, filter, firstValueFrom, Observable, skip, Subject, Subscription, timer, type SchedulerLike } from 'rxjs';
import { EngineLostError } from '../errors.js';
import type { Candidate } from './placement.js';
import { fromRecord, type Buckets, type Entry, type NodeRecord } from './registry/buckets.js';

interface Known extends Candidate {
  readonly capacity: number;
  readonly draining: boolean;
  readonly revision: number;
  /** When its latest record came. */
  readonly at: number;
  /** The use in the record, plus the sessions placed there since. */
  use: number;
}

/** Share of the lease after which an entry that was not renewed is considered gone. The server does not report when an entry expires. */
const STALE = 1.1;
/** Share of the lease after which a node is doubted: two renewals have not come, and a third is late. */
const DOUBT = 0.3;
/** ms from the first entry until the initial listing counts as complete. The number of pending entries may be wrong and stay so (nats-server 2.9). */
const LISTING_MS = 100;
/** ms until a broken watch is started again. */
const RETRY_MS = 1_000;

export class NodeTable {
  readonly #nodes = new Map<string, Known>();
  /** Nodes that do not answer, with the revision of their latest entry. */
  readonly #forgotten = new Map<string, number>();
  readonly #news$ = new Subject<void>();
  readonly #buckets: Buckets;
  readonly #scheduler: SchedulerLike;
  readonly #place: (nodes: readonly Candidate[]) => string | undefined;
  readonly #subscription = new Subscription();
  /** The progress of the initial listing. */
  #listing: 'none yet' | 'coming' | 'done' = 'none yet';
  #stop = (): void => undefined;
  #closed = false;

  /**
   * @param up$ whether NATS is reachable. When it is back, the entries are read again, because the watch itself notices late that it receives nothing.
   * @param place chooses one of the nodes that take sessions
   */
  constructor(buckets: Buckets, up$: Observable<boolean>, scheduler: SchedulerLike, place: (nodes: readonly Candidate[]) => string | undefined) {
    this.#buckets = buckets;
    this.#scheduler = scheduler;
    this.#place = place;
    const back$ = up$.pipe(distinctUntilChanged(), skip(1), filter(Boolean));
    this.#subscription.add(back$.subscribe({ next: () => this.#stop(), error: () => this.close() }));
    void this.#watch();
  }

  /**
   * Emits the node for a new session, as soon as there is one that is not draining. A session placed by this process counts at once, until the
   * node's next record includes it.
   *
   * @param owner the node to prefer, if it takes sessions
   * @param only if `owner` takes no sessions, errors with an EngineLostError instead of choosing another node
   */
  choose$(owner?: string, only = false): Observable<string> {
    return new Observable((subscriber) => {
      const look = (): void => {
        const there = this.#serving().some((node) => node.id === owner);
        if (only && !there) return subscriber.error(new EngineLostError('the node takes no sessions'));
        const id = there ? owner : this.#place(this.#candidates());
        if (id === undefined) return;
        const known = this.#nodes.get(id)!;
        known.use += 1 / known.capacity;
        subscriber.next(id);
        subscriber.complete();
      };
      subscriber.add(this.#news$.subscribe(look));
      look();
    });
  }

  /** The node does not answer: it is not chosen until it renews its entry. */
  forget(id: string): void {
    const known = this.#nodes.get(id);
    if (known !== undefined) this.#forgotten.set(id, known.revision);
    this.#nodes.delete(id);
  }

  close(): void {
    this.#closed = true;
    this.#subscription.unsubscribe();
    this.#stop();
  }

  #serving(): Known[] {
    const oldest = this.#scheduler.now() - this.#buckets.lease * STALE;
    for (const [id, { at }] of this.#nodes) if (at < oldest) this.#nodes.delete(id);
    return [...this.#nodes.values()].filter(({ draining }) => !draining);
  }

  /** Nodes that have missed renewals may be dead. They are used only if there are no others. */
  #candidates(): readonly Candidate[] {
    const serving = this.#serving();
    const beating = serving.filter(({ at }) => at >= this.#scheduler.now() - this.#buckets.lease * DOUBT);
    return beating.length > 0 ? beating : serving;
  }

  async #watch(): Promise<void> {
    while (!this.#closed) {
      try {
        const entries = await this.#buckets.nodes.watch();
        this.#stop = () => entries.stop();
        // The table was closed while the watch was starting.
        if (this.#closed) return this.#stop();
        for await (const entry of entries) this.#note(entry, entry.delta ?? 0);
      } catch {
        if (!this.#closed) await firstValueFrom(timer(RETRY_MS, this.#scheduler));
      }
    }
  }

  /** @param behind the number of pending entries. Choosing before all have come would favour those that come first. */
  #note(entry: Entry, behind: number): void {
    const { key, revision } = entry;
    const { sessions, capacity, draining } = fromRecord<NodeRecord>(entry) ?? {};
    const known = this.#nodes.get(key);
    if (typeof sessions !== 'number' || typeof capacity !== 'number') {
      this.#nodes.delete(key);
      this.#forgotten.delete(key);
    } else if (revision !== known?.revision && revision !== this.#forgotten.get(key)) {
      this.#forgotten.delete(key);
      this.#nodes.set(key, { id: key, use: sessions / capacity, capacity, draining: draining === true, revision, at: this.#scheduler.now() });
    }
    this.#tell(behind);
  }

  #tell(behind: number): void {
    if (behind === 0 || this.#listing === 'done') {
      this.#listing = 'done';
      this.#news$.next();
    } else if (this.#listing === 'none yet') {
      this.#listing = 'coming';
      this.#subscription.add(timer(LISTING_MS, this.#scheduler).subscribe(() => this.#tell(0)));
    }
  }
}
