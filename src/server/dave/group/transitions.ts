/**
 * Transitions: announced (opcodes 21, 29, 30), reported ready by each client (23), executed (22) when all are ready or time is up.
 *
 * Several may be under way at once. They are executed in the order of their announcement, so that clients end with the version of
 * the last one: when a transition is ready, those before it are executed with it.
 */
import type { SchedulerLike, Subscription } from 'rxjs';
import { deadline } from '../../../deadline.js';
import type { Snowflake } from '../../../types.js';

/** A transition that was announced to `recipients` and not executed yet. */
export interface Transition {
  readonly id: number;
  /** The protocol version that it puts in force. */
  readonly version: number;
  readonly recipients: ReadonlySet<Snowflake>;
}

interface Pending extends Transition {
  /** The recipients that are not ready. */
  readonly waiting: Set<Snowflake>;
  readonly timer: Subscription;
}

/** What transitions need from the call. */
export interface TransitionOptions {
  readonly scheduler: SchedulerLike;
  /** How long to wait for recipients that are not ready, in ms. */
  readonly timeout: number;
  /** The first id, 1 to 65 535. */
  readonly firstId: number;
  /** Tells the recipients to execute it. */
  readonly execute: (transition: Transition, timedOut: boolean) => void;
}

const LAST_ID = 0xffff;

/** The transitions of one call, and the version in force. */
export class Transitions {
  /** The version in force: that of the last transition executed. */
  inForce = 1;
  #nextId: number;
  #pending: readonly Pending[] = [];

  constructor(private readonly options: TransitionOptions) {
    this.#nextId = options.firstId;
  }

  /** 1 to 65 535, then again from 1. Id 0 is not used: it takes effect at once, without ready and execute. */
  nextId(): number {
    const id = this.#nextId;
    this.#nextId = id === LAST_ID ? 1 : id + 1;
    return id;
  }

  /** A transition was announced. Id 0 takes effect at once. */
  begin(id: number, version: number, recipients: Iterable<Snowflake>): void {
    if (id === 0) {
      this.inForce = version;
      return;
    }
    const { scheduler, timeout } = this.options;
    const waiting = new Set(recipients);
    const timer = deadline(timeout, scheduler, () => this.#execute(id, true));
    this.#pending = [...this.#pending, { id, version, recipients: new Set(waiting), waiting, timer }];
    this.#executeReady();
  }

  /** Opcode 23. Returns false if no transition waits for it. */
  ready(userId: Snowflake, id: number): boolean {
    const known = this.#pending.find((pending) => pending.id === id)?.waiting.delete(userId) ?? false;
    this.#executeReady();
    return known;
  }

  /** No transition waits for this client any more. */
  drop(userId: Snowflake): void {
    for (const { waiting } of this.#pending) waiting.delete(userId);
    this.#executeReady();
  }

  /** Executes all pending transitions, in order. */
  flush(): void {
    const last = this.#pending.at(-1);
    if (last !== undefined) this.#execute(last.id, false);
  }

  /** Forgets all pending transitions. */
  clear(): void {
    for (const { timer } of this.#pending) timer.unsubscribe();
    this.#pending = [];
  }

  #executeReady(): void {
    const last = this.#pending.findLast(({ waiting }) => waiting.size === 0);
    if (last !== undefined) this.#execute(last.id, false);
  }

  /** Executes this transition and those before it. */
  #execute(id: number, timedOut: boolean): void {
    const count = this.#pending.findIndex((pending) => pending.id === id) + 1;
    const due = this.#pending.slice(0, count);
    this.#pending = this.#pending.slice(count);
    for (const transition of due) {
      transition.timer.unsubscribe();
      this.inForce = transition.version;
      this.options.execute(transition, timedOut);
    }
  }
}
