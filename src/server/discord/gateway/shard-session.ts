/** A session of the bot gateway: the state that survives the loss of its WebSocket. */
import { Subscription } from 'rxjs';
import type { Shard } from '../plain/events.js';

/** What a session needs from its WebSocket. */
export interface ShardLink {
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** How many dispatches are kept for a resume. */
const KEPT = 1_000;
/** Opcode 0. */
const DISPATCH = 0;

/** Numbers its dispatches, and keeps the last ones. */
export class ShardSession {
  /** Undefined while it waits for a resume. */
  link: ShardLink | undefined;
  /** Whether it is over. */
  ended = false;
  /** Whether it cannot be resumed, although it has not ended. */
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

  /** The dispatches after a sequence number; undefined if it is too old, or was never sent. */
  after(sequence: number): readonly string[] | undefined {
    const missed = this.#sequence - sequence;
    return missed < 0 || missed > this.#kept.length ? undefined : this.#kept.slice(this.#kept.length - missed);
  }
}
