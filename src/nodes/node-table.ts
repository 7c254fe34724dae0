/** The nodes that there are, as a bot sees them. */
import { distinctUntilChanged, filter, firstValueFrom, Observable, skip, Subject, Subscription, timer, type SchedulerLike } from 'rxjs';
import { fromRecord, type Buckets, type Entry, type NodeRecord } from './registry/buckets.js';

interface Known {
  readonly record: NodeRecord;
  readonly revision: number;
  /** When it was heard of last. */
  readonly at: number;
  /** Sessions that were placed there, and are not in the record yet. */
  readonly placed: number;
}

/** Of the lease: an entry that was not renewed for so long is gone. The server does not say when that is. */
const STALE = 1.1;
/** ms until a watch that has broken off is begun anew. */
const RETRY_MS = 1_000;

export class NodeTable {
  readonly #nodes = new Map<string, Known>();
  /** Nodes that do not answer, by the revision of the entry that is left of them. */
  readonly #forgotten = new Map<string, number>();
  readonly #news$ = new Subject<void>();
  readonly #buckets: Buckets;
  readonly #scheduler: SchedulerLike;
  readonly #subscription = new Subscription();
  #stop = (): void => undefined;
  #closed = false;

  /** @param up$ whether NATS is there: when it is back the entries are read anew, since the watch finds out late that it hears nothing */
  constructor(buckets: Buckets, up$: Observable<boolean>, scheduler: SchedulerLike) {
    this.#buckets = buckets;
    this.#scheduler = scheduler;
    const back$ = up$.pipe(distinctUntilChanged(), skip(1), filter(Boolean));
    this.#subscription.add(back$.subscribe({ next: () => this.#stop(), error: () => this.close() }));
    void this.#watch();
  }

  /**
   * Emits the node that is to run one more session, when there is one: the one with the least of its capacity in use, that is not about to
   * end. One that is full is asked where all are.
   *
   * @param owner the one to be preferred, if it is there
   */
  choose$(owner?: string): Observable<string> {
    return new Observable((subscriber) => {
      const look = (): void => {
        const id = this.#serving(owner) ? owner : this.#idlest();
        if (id === undefined) return;
        this.#nodes.set(id, { ...this.#nodes.get(id)!, placed: this.#nodes.get(id)!.placed + 1 });
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

  #serving(id: string | undefined): id is string {
    const known = id === undefined ? undefined : this.#nodes.get(id);
    return known !== undefined && !known.record.draining && known.at >= this.#scheduler.now() - this.#buckets.lease * STALE;
  }

  #idlest(): string | undefined {
    const oldest = this.#scheduler.now() - this.#buckets.lease * STALE;
    let best: { readonly id: string; readonly use: number } | undefined;
    for (const [id, { record, at, placed }] of this.#nodes) {
      if (at < oldest) this.#nodes.delete(id);
      const use = (record.sessions + placed) / record.capacity;
      if (at >= oldest && !record.draining && (best === undefined || use < best.use)) best = { id, use };
    }
    return best?.id;
  }

  async #watch(): Promise<void> {
    while (!this.#closed) {
      try {
        const entries = await this.#buckets.nodes.watch();
        this.#stop = () => entries.stop();
        for await (const entry of entries) this.#note(entry, entry.delta ?? 0);
      } catch {
        await firstValueFrom(timer(RETRY_MS, this.#scheduler));
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
      this.#nodes.set(key, { record: { sessions, capacity, draining: draining === true }, revision, at: this.#scheduler.now(), placed: 0 });
    }
    if (behind === 0) this.#news$.next();
  }
}
