/**
 * Writes the positions of all songs of a node periodically, as one entry. So a thousand nodes of a hundred songs each write two hundred times
 * a second; one entry for each song would be a hundred times that.
 *
 * ```
 * every     5 s
 * edges     e---------------ee------------------e      a song has begun, has ended, was paused
 * written   w--------------------w-------w-------w-    at once, but at least a fifth of `every` after the last write
 * ```
 */
import { Subscription, timer, type SchedulerLike } from 'rxjs';
import type { Bucket } from '../registry/buckets.js';

/** Share of `every` within which edges are written together. */
const TOGETHER = 0.2;

export interface CheckpointSettings {
  readonly bucket: Bucket;
  /** The id of the node, which is the key of its entry. No other node writes this entry, and this node writes no other. */
  readonly node: string;
  /** ms between two writes. */
  readonly every: number;
  /** Whether the node has its lease, and so may write the positions of its sessions. */
  readonly valid: () => boolean;
  readonly scheduler: SchedulerLike;
}

export class Checkpoints {
  readonly #settings: CheckpointSettings;
  readonly #value: () => Uint8Array | undefined;
  #due = Subscription.EMPTY;
  #dueAt = Infinity;
  #asked = -Infinity;
  #writing: Promise<boolean> | undefined;
  #again = false;
  #over = false;
  /** The revision of the last write; 0: there is no entry; undefined: it is not known whether the last write succeeded. */
  #revision: number | undefined = 0;

  /** @param value returns the bytes to write; undefined: there is nothing to write, and no entry is needed */
  constructor(settings: CheckpointSettings, value: () => Uint8Array | undefined) {
    this.#settings = settings;
    this.#value = value;
  }

  /** A position has changed other than by playing on: writes soon. */
  edge(): void {
    const { every, scheduler } = this.#settings;
    if (this.#writing !== undefined) this.#again = true;
    else this.#plan(Math.max(0, this.#asked + every * TOGETHER - scheduler.now()));
  }

  /** Stops writing. */
  close(): void {
    this.#over = true;
    this.#due.unsubscribe();
  }

  /** Stops writing and removes the entry, because nobody needs it any more. */
  async remove(): Promise<void> {
    this.close();
    // A write that is under way changes the revision.
    await this.#writing;
    await this.#put(undefined).catch(() => this.#put(undefined)).catch(() => undefined); // prettier-ignore
  }

  #plan(ms: number): void {
    const at = this.#settings.scheduler.now() + ms;
    if (this.#over || at >= this.#dueAt) return;
    this.#due.unsubscribe();
    this.#dueAt = at;
    this.#due = timer(ms, this.#settings.scheduler).subscribe(() => void this.#write());
  }

  async #write(): Promise<void> {
    const { every, scheduler, valid } = this.#settings;
    this.#dueAt = Infinity;
    if (this.#over || !valid()) return;
    this.#asked = scheduler.now();
    this.#again = false;
    const value = this.#value();
    this.#writing = this.#put(value).then(() => true, () => false); // prettier-ignore
    const written = await this.#writing;
    this.#writing = undefined;
    if (this.#again || !written) this.#plan(every * TOGETHER);
    else if (value !== undefined) this.#plan(every - (scheduler.now() - this.#asked));
  }

  /** Each write names the revision of the previous one, which was this node's, too. */
  async #put(value: Uint8Array | undefined): Promise<void> {
    const { bucket, node } = this.#settings;
    const revision = this.#revision ?? (await this.#look());
    if (value === undefined && revision === 0) return;
    this.#revision = undefined;
    if (value === undefined) {
      await bucket.delete(node, { previousSeq: revision });
      this.#revision = 0;
    } else this.#revision = await (revision === 0 ? bucket.create(node, value) : bucket.update(node, value, revision));
  }

  async #look(): Promise<number> {
    const { bucket, node } = this.#settings;
    const entry = await bucket.get(node);
    return entry?.operation === 'PUT' ? entry.revision : 0;
  }
}
