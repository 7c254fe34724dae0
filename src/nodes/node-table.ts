/** The nodes that there are, as a bot sees them. */
import { distinctUntilChanged, filter, firstValueFrom, Observable, skip, Subject, Subscription, timer, type SchedulerLike } from 'rxjs';
import { EngineLostError } from '../errors.js';
import type { Candidate } from './placement.js';
import { fromRecord, type Buckets, type Entry, type NodeRecord } from './registry/buckets.js';

interface Known extends Candidate {
  readonly capacity: number;
  readonly draining: boolean;
  readonly revision: number;
  /** When it was heard of last. */
  readonly at: number;
  /** As the record says, and of what was placed there since. */
  use: number;
}

/** Of the lease: an entry that was not renewed for so long is gone. The server does not say when that is. */
const STALE = 1.1;
/** Of the lease: two renewals that did not come, and a third that is late. */
const DOUBT = 0.3;
/** ms from the first entry of a bucket until all of it is taken to have come: how many are behind one may be told wrong, and for good (nats-server 2.9). */
const LISTING_MS = 100;
/** ms until a watch that has broken off is begun anew. */
const RETRY_MS = 1_000;

export class NodeTable {
  readonly #nodes = new Map<string, Known>();
  /** Nodes that do not answer, by the revision of the entry that is left of them. */
  readonly #forgotten = new Map<string, number>();
  readonly #news$ = new Subject<void>();
  readonly #buckets: Buckets;
  readonly #scheduler: SchedulerLike;
  readonly #place: (nodes: readonly Candidate[]) => string | undefined;
  readonly #subscription = new Subscription();
  /** Of the entries that there are from the start. */
  #listing: 'none yet' | 'coming' | 'done' = 'none yet';
  #stop = (): void => undefined;
  #closed = false;

  /**
   * @param up$ whether NATS is there: when it is back the entries are read anew, since the watch finds out late that it hears nothing
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
   * Emits the node that is to run one more session, when there is one that is not about to end. What was placed by this process counts at
   * once, and until the node itself has told how many it has.
   *
   * @param owner the one to be preferred, if it is there
   * @param only where that is not there, none is: an EngineLostError
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

  /** It does not answer: not to be chosen until it is heard of again. */
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

  /** Those that have missed renewals may be no more, and are asked where there is no other. */
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
        // It was being begun as all was closed.
        if (this.#closed) return this.#stop();
        for await (const entry of entries) this.#note(entry, entry.delta ?? 0);
      } catch {
        if (!this.#closed) await firstValueFrom(timer(RETRY_MS, this.#scheduler));
      }
    }
  }

  /** @param behind entries that are on their way: who chooses among the first of them chooses the first */
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
