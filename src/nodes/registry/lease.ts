/**
 * A node's right to run sessions. It is an entry that the server forgets when it is not renewed in time; nobody takes a session of a node whose entry is
 * there. The node counts from when it asked for the renewal, which is before the server does: it has stopped when the entry goes, whatever
 * its clock shows, and however long its machine was suspended.
 *
 * ```
 * renewed     r---r---r---x---x---x          x: the server is not reached
 * valid       ------------------!            the lease, less a margin, after the last r was asked for
 * entry       --------------------!          gone: others may take what was here
 * ```
 */
import { firstValueFrom, merge, Subject, Subscription, timer, type Observable, type SchedulerLike } from 'rxjs';
import { EngineLostError } from '../../errors.js';
import { toRecord, type Bucket, type NodeRecord } from './buckets.js';
import { sleepMeter } from './machine-sleep.js';

/** So many renewals fall into a lease: few of them may fail without harm, and a node that ends without a word is soon found out. */
const RENEWALS = 8;
/** Of a lease: a renewal that did not come, and a second that is late. */
const OVERDUE = 0.2;
/** Of a lease: what two clocks may run apart in it, and the datagrams under way. */
const MARGIN = 0.02;
/**
 * ms before its end at which all ends in good order: what is sent into the fence behind it is counted as sent, and heard by nobody. That is for
 * a process that was stopped for a while.
 */
const AHEAD_MS = 50;
/** ms until a renewal that has failed is tried again. */
const RETRY_MS = 500;

export class Lease {
  /** Emits once, when the node may run nothing any more. */
  readonly lost$: Observable<EngineLostError>;
  readonly #lost$ = new Subject<EngineLostError>();
  readonly #changed$ = new Subject<void>();
  readonly #bucket: Bucket;
  readonly #id: string;
  readonly #ms: number;
  readonly #record: () => NodeRecord;
  readonly #scheduler: SchedulerLike;
  readonly #asleep: () => number;
  /** ms of it that the timer of the end knows of. */
  #slept = 0;
  #revision = 0;
  /** That before it; 0 where it is not known. */
  #before = 0;
  #until = 0;
  #end = Subscription.EMPTY;
  #renewing: Promise<boolean> | undefined;
  /** Something is to be told that no renewal has told yet. */
  #news = false;
  #over = false;

  /** @param asleep ms that the machine was suspended, which the scheduler does not know of */
  constructor(bucket: Bucket, id: string, ms: number, record: () => NodeRecord, scheduler: SchedulerLike, asleep = sleepMeter()) {
    this.#bucket = bucket;
    this.#id = id;
    this.#ms = ms;
    this.#record = record;
    this.#scheduler = scheduler;
    this.#asleep = asleep;
    this.lost$ = this.#lost$;
  }

  /** Takes it, and keeps it until {@link end}. */
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

  /** The revisions of the last two renewals, while they are as recent as they should be: then the server is there. */
  get renewals(): { readonly after: number; readonly before: number } | undefined {
    const recent = this.valid() && this.#now() < this.#until - this.#ms * (1 - MARGIN - OVERDUE);
    return recent && this.#before > 0 ? { after: this.#before, before: this.#revision } : undefined;
  }

  /** The record is another, or the server is back: it is renewed now. */
  changed(): void {
    this.#news = true;
    this.#changed$.next();
  }

  /** Renews it no more. */
  close(): void {
    this.#over = true;
    this.#end.unsubscribe();
    this.#changed$.next();
  }

  /** Gives it back: bots would choose a node that is no more, and nodes wait for it, until the entry is gone. */
  async end(): Promise<void> {
    if (this.#over) return;
    this.close();
    // What is under way is another revision.
    await this.#renewing;
    await this.#remove(this.#revision).catch(() => this.#removeFound()).catch(() => undefined); // prettier-ignore
  }

  #remove(previousSeq: number): Promise<void> {
    return this.#bucket.delete(this.#id, { previousSeq });
  }

  /** It may be removed without our hearing of it, or have been renewed so. */
  async #removeFound(): Promise<void> {
    const entry = await this.#bucket.get(this.#id);
    if (entry?.operation === 'PUT') await this.#remove(entry.revision);
  }

  async #keep(): Promise<void> {
    let pause = this.period;
    for (;;) {
      // What came as it was being renewed is not in that, and may be that the server, which did not answer, is back.
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

  /** It may have been renewed without our hearing of it: then the next renewal is made upon that. */
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

  /** ms, those that the machine was suspended with them: its timers are as late. */
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
