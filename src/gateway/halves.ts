/** The two halves of a voice server, as Discord names them: who we are where (the voice state), and the server. */
import type { SchedulerLike } from 'rxjs';
import type { Snowflake } from '../types.js';
import type { DesiredState } from './desired-state.js';
import { Wait } from './wait.js';

/**
 * A voice server that is named though nothing was asked for is a fail-over, or the first half of a move by somebody else. So long (ms)
 * the voice state of a move is waited for: the token is good for one Identify, which must not be made for the channel before.
 */
const PAIR_GRACE_MS = 100;
/** A voice state that is later than that finds the token spent. So long (ms) another one is waited for. */
const SPENT_TOKEN_MS = 500;

/** The voice state: the half that says who we are, and where. */
export interface NamedState {
  readonly sessionId: string;
  readonly channelId: Snowflake;
}

/** The voice server: the half that says where to connect. */
export interface NamedServer {
  readonly token: string;
  readonly endpoint: string;
  /** Whether it was told of, and whether alone. A token that was told of is not told of again with another channel. */
  told: false | 'pair' | 'alone';
}

/** How long the halves are waited for. */
export interface HalvesOptions {
  /** ms for an answer. */
  readonly timeout: number;
  readonly scheduler: SchedulerLike;
}

/** Is told what becomes of the halves. */
export interface HalvesListener {
  /** Both are there. */
  onPair(state: NamedState, server: NamedServer): void;
  /** Nobody answered, and we are where we were. */
  onUnanswered(channelId: Snowflake): void;
  /** What was due did not come. */
  onLate(): void;
  /** We are elsewhere, and the token for it was told of with the channel before. */
  onSpent(): void;
}

/**
 * Puts the halves together, in whichever order they come. After an op 4 both are due; after a move by somebody else the server is; to a
 * server that is named alone a voice state may come.
 */
export class Halves {
  readonly #timeout: number;
  readonly #desired: DesiredState;
  readonly #listener: HalvesListener;
  readonly #due: Wait<'answer' | 'server' | 'state'>;
  #state: NamedState | undefined;
  /** The voice state is older than the op 4 that is to be answered: to wish us back where we are, too, takes an answer. */
  #stale = false;
  #server: NamedServer | undefined;
  /** Where we were before the move that is under way, and still are if nobody answers. */
  #kept: { readonly channelId: Snowflake; readonly server: NamedServer } | undefined;

  constructor({ timeout, scheduler }: HalvesOptions, desired: DesiredState, listener: HalvesListener) {
    this.#timeout = timeout;
    this.#desired = desired;
    this.#listener = listener;
    this.#due = new Wait(scheduler);
  }

  get state(): NamedState | undefined {
    return this.#state;
  }

  /** A server is named, be it told of or not. */
  get hasServer(): boolean {
    return this.#server !== undefined;
  }

  /** The token that was told of last, while it is good. */
  get toldToken(): string | undefined {
    return this.#server !== undefined && this.#server.told !== false ? this.#server.token : undefined;
  }

  /** The token that was named last, told of or not; while an answer is due, which may bring another, none but what was told of. */
  get namedToken(): string | undefined {
    return this.#due.what === 'answer' ? this.toldToken : this.#server?.token;
  }

  /** Op 4 asks for a channel, and is about to be sent. The token of the one that we leave is worth nothing once we have left it. */
  ask(): void {
    // Of two wishes in a row, the first may have been answered meanwhile.
    if (this.#state !== undefined && this.#server !== undefined) this.#kept = { channelId: this.#state.channelId, server: this.#server };
    else if (this.#due.what !== 'answer') this.#kept = undefined;
    this.#server = undefined;
    this.#stale = true;
    this.#expectAnswer();
  }

  #expectAnswer(): void {
    this.#due.begin('answer', this.#timeout, () => this.#onLateAnswer());
  }

  /** What was named is of a membership gone by. */
  forget(): void {
    this.stop();
    this.#state = undefined;
    this.#server = undefined;
    this.#kept = undefined;
  }

  /** Nothing is waited for any more. */
  stop(): void {
    this.#due.end();
  }

  onState(state: NamedState): void {
    const before = this.#state;
    this.#state = state;
    this.#stale = false;
    if (this.#due.what === 'answer') return this.#pair();
    // Nothing is due from a mute or deaf change; a move by somebody else brings a new token, before or after this.
    if (before?.channelId === state.channelId && before.sessionId === state.sessionId) return;
    this.#desired.placed(state.channelId);
    if (this.#server?.told === false) return this.#tell('pair');
    const spent = this.#server?.told === 'alone';
    this.#server = undefined;
    if (spent) this.#due.begin('server', SPENT_TOKEN_MS, () => this.#listener.onSpent());
    else this.#due.begin('server', this.#timeout, () => this.#listener.onLate());
  }

  onServer(token: string, endpoint: string): void {
    const before = this.#server;
    this.#server = { token, endpoint, told: false };
    if (this.#due.what === 'answer') return this.#pair();
    // The second half of a move, or the end of a time without a server.
    if (before === undefined) return this.#tell('pair');
    // What we know already.
    if (before.told !== false && before.token === token) return this.#tell(before.told);
    this.#due.begin('state', PAIR_GRACE_MS, () => this.#tell('alone'));
  }

  /** There is no server for now. On the way in the deadline starts anew; later it is for who holds the session to say how long to wait. */
  onNoEndpoint(): void {
    this.#server = undefined;
    this.#kept = undefined;
    if (this.#due.what === 'state') this.stop();
    if (this.#due.what === 'answer') this.#expectAnswer();
  }

  /** The answer to our op 4 is there when both halves are, and the voice state is of the channel that was asked for. */
  #pair(): void {
    if (this.#server !== undefined && !this.#stale && this.#state?.channelId === this.#desired.channelId) this.#tell('pair');
  }

  #tell(as: 'pair' | 'alone'): void {
    if (this.#state === undefined || this.#server === undefined) return;
    this.stop();
    this.#server.told = as;
    this.#kept = undefined;
    this.#listener.onPair(this.#state, this.#server);
  }

  #onLateAnswer(): void {
    const desired = this.#desired;
    // Both came, but of another channel than we asked for: somebody else's wish was stronger.
    if (this.#state !== undefined && this.#server !== undefined) {
      desired.giveIn(this.#state.channelId);
      return this.#tell('pair');
    }
    const kept = this.#kept;
    if (kept === undefined || this.#state?.channelId !== kept.channelId) return this.#listener.onLate();
    // Nobody says no at Discord: a move to a channel that is full, or closed to us, is simply not answered.
    const unanswered = desired.channelId;
    this.#server = kept.server;
    this.#kept = undefined;
    desired.giveIn(kept.channelId);
    if (unanswered !== undefined && unanswered !== kept.channelId) this.#listener.onUnanswered(unanswered);
    if (kept.server.told === false) this.#tell('pair');
  }
}
