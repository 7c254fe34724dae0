/** A session of the bot gateway: what survives the loss of its WebSocket. */
import { Subscription } from 'rxjs';
import type { Shard } from '../plain/events.js';

/** What a session needs of its WebSocket. */
export interface ShardLink {
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** Dispatches kept for a resume. */
const KEPT = 1_000;
/** Opcode 0. */
const DISPATCH = 0;

/** Numbers what it dispatches, and keeps the last of it. */
export class ShardSession {
  /** Undefined while it waits for a resume. */
  link: ShardLink | undefined;
  /** Whether it is over. */
  ended = false;
  /** Whether it cannot be resumed, though it is not over. */
  forgotten = false;
  /** Runs while there is no link. */
  timer = Subscription.EMPTY;
  readonly #kept: string[] = [];
  #sequence = 0;

  constructor(
    readonly id: string,
    readonly shard: Shard,
    readonly intents: number,
  ) {}

  /** The `s` of the last dispatch. */
  get sequence(): number {
    return this.#sequence;
  }

  dispatch(t: string, d: unknown): void {
    const text = JSON.stringify({ op: DISPATCH, t, s: ++this.#sequence, d });
    this.#kept.push(text);
    if (this.#kept.length > KEPT) this.#kept.shift();
    this.link?.send(text);
  }

  /** What came after a number; undefined for one that is too old, or was never given out. */
  after(sequence: number): readonly string[] | undefined {
    const missed = this.#sequence - sequence;
    return missed < 0 || missed > this.#kept.length ? undefined : this.#kept.slice(this.#kept.length - missed);
  }
}
