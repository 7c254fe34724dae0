/**
 * A node's right to run sessions: an entry that the server deletes if it is not renewed in time. No other node takes a session while its owner's entry
 * exists. The node counts from when it asked for the renewal, which is before the server starts to count. So it has stopped when the entry is deleted,
 * whatever its clock shows, and however long its machine was suspended.
 *
 * ```
 * renewed     r---r---r---x---x---x          x: the server is not reached
 * valid       ------------------!            the lease, minus a margin, after the last r was requested
 * entry       --------------------!          deleted: other nodes may take the sessions
 * ```
 */
import { firstValueFrom, merge, Subject, Subscription, timer, type Observable, type SchedulerLike } from 'rxjs';
import { EngineLostError } from '../../errors.js';
import { toRecord, type Bucket, type NodeRecord } from './buckets.js';
import { sleepMeter } from './machine-sleep.js';

/** Renewals per lease. A few may fail without harm, and a node that dies is noticed soon. */
const RENEWALS = 8;
/** Share of a lease after which renewals are overdue: one has not come, and a second is late. */
const OVERDUE = 0.2;
/** Share of a lease by which the node stops early: for the drift between two clocks, and for datagrams under way. */
const MARGIN = 0.02;
/**
 * ms before the end of the lease at which sessions are ended in order. After the end, the fence discards what is sent, but it still counts as sent;
 * so the fence alone is only for a process that was stopped for a while.
 */
const AHEAD_MS = 50;
/** ms until a failed renewal is tried again. */
const RETRY_MS = 500;

export class Lease {
  /** Emits once, when the node may not run sessions any more. */
  readonly lost$: Observable<EngineLostError>;
  readonly #lost$ = new Subject<EngineLostError>();
  readonly #changed$ = new Subject<void>();
  readonly #bucket: Bucket;
  readonly #id: string;
  readonly #ms: number;
  readonly #record: () => NodeRecord;
  readonly #scheduler: SchedulerLike;
  readonly #asleep: () => number;
  /** ms of suspension that the timer of the end already includes. */
  #slept = 0;
  #revision = 0;
  /** The revision before `#revision`; 0 if it is not known. */
  #before = 0;
  #until = 0;
  #end = Subscription.EMPTY;
  #renewing: Promise<boolean> | undefined;
  /** Whether there is a change that no renewal has published yet. */
  #news = false;
  #over = false;

  /** @param asleep returns the ms for which the machine was suspended; the scheduler's clock stood still meanwhile */
  constructor(bucket: Bucket, id: string, ms: number, record: () => NodeRecord, scheduler: SchedulerLike, asleep = sleepMeter()) {
    this.#bucket = bucket;
    this.#id = id;
    this.#ms = ms;
    this.#record = record;
    this.#scheduler = scheduler;
    this.#asleep = asleep;
    this.lost$ = this.#lost$;
  }

  /** Takes the lease, and renews it until {@link end}. */
  async take(): Promise<void> {
    const asked = this.#now();
    this.#revision = await this.#bucket.create(this.#id, toRecord(this.#record()));
    this.#renewed(asked);
    void this.#keep();
  }

  /** Whether something may be sent now. */
  valid(): boolean {
    return !this.#over && this.#now() < this.#until;
  }

  /** ms from one renewal to the next. */
  get period(): number {
    return this.#ms / RENEWALS;
  }

  /** The revisions of the last two renewals, if the last one is not overdue, that is, while the server is reachable. */
  get renewals(): { readonly after: number; readonly before: number } | undefined {
    const recent = this.valid() && this.#now() < this.#until - this.#ms * (1 - MARGIN - OVERDUE);
    return recent && this.#before > 0 ? { after: this.#before, before: this.#revision } : undefined;
  }

  /** The record has changed, or the server is back: renews the lease now. */
  changed(): void {
    this.#news = true;
    this.#changed$.next();
  }

  /** Stops renewing. */
  close(): void {
    this.#over = true;
    this.#end.unsubscribe();
    this.#changed$.next();
  }

  /** Gives the lease back. Otherwise, until the entry expires, bots would choose this node, and other nodes would wait for it. */
  async end(): Promise<void> {
    if (this.#over) return;
    this.close();
    // A renewal that is under way changes the revision.
    await this.#renewing;
    await this.#remove(this.#revision).catch(() => this.#removeFound()).catch(() => undefined); // prettier-ignore
  }

  #remove(previousSeq: number): Promise<void> {
    return this.#bucket.delete(this.#id, { previousSeq });
  }

  /** An unanswered request may have removed the entry, or renewed it. */
  async #removeFound(): Promise<void> {
    const entry = await this.#bucket.get(this.#id);
    if (entry?.operation === 'PUT') await this.#remove(entry.revision);
  }

  async #keep(): Promise<void> {
    let pause = this.period;
    for (;;) {
      // A change that came during the last renewal is not in it; or it says that the server, which did not answer, is back.
      if (!this.#news) await firstValueFrom(merge(timer(pause, this.#scheduler), this.#changed$));
      if (this.#over) return;
      this.#news = false;
      this.#renewing = this.#renew();
      pause = (await this.#renewing) ? this.period : RETRY_MS;
    }
  }

  async #renew(): Promise<boolean> {
    const asked = this.#now();
    try {
      const revision = await this.#bucket.update(this.#id, toRecord(this.#record()), this.#revision);
      this.#before = this.#revision;
      this.#revision = revision;
      this.#renewed(asked);
      return true;
    } catch {
      return this.#look();
    }
  }

  /** An unanswered request may have renewed the entry. Then the next renewal uses that revision. */
  async #look(): Promise<boolean> {
    const entry = await this.#bucket.get(this.#id).catch(() => undefined);
    if (entry === null || (entry !== undefined && entry.operation !== 'PUT')) this.#lose('its lease has run out');
    else if (entry !== undefined) {
      this.#revision = entry.revision;
      this.#before = 0;
    }
    return false;
  }

  #renewed(asked: number): void {
    if (this.#over) return;
    this.#until = asked + this.#ms * (1 - MARGIN);
    this.#arm();
  }

  #arm(): void {
    this.#end.unsubscribe();
    this.#end = timer(this.#until - AHEAD_MS - this.#scheduler.now() - this.#slept, this.#scheduler).subscribe(() => this.#lose(`its lease was not renewed for ${this.#ms} ms`));
  }

  /** The time in ms, including the time for which the machine was suspended. Timers fire late by that much, so it arms the timer of the end again. */
  #now(): number {
    const slept = this.#asleep();
    if (slept !== this.#slept) {
      this.#slept = slept;
      if (!this.#end.closed) this.#arm();
    }
    return this.#scheduler.now() + slept;
  }

  #lose(why: string): void {
    if (this.#over) return;
    this.close();
    this.#lost$.next(new EngineLostError(why));
  }
}
