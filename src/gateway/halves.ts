/** The two halves of a voice server, as Discord sends them: the voice state (who and where we are), and the server. */
import type { SchedulerLike } from 'rxjs';
import type { Snowflake } from '../types.js';
import type { DesiredState } from './desired-state.js';
import { Wait } from './wait.js';

/**
 * A voice server that Discord names without a request is a fail-over, or the first half of a move by somebody else. This is how long (ms) we wait for
 * the voice state of a move: the token is valid for one Identify, which must not be made for the old channel.
 */
const PAIR_GRACE_MS = 100;
/** A voice state that comes later than that finds the token used up. This is how long (ms) we wait for another one. */
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
  /** Whether it was reported, and whether alone. A reported token is not reported again with another channel. */
  told: false | 'pair' | 'alone';
}

/** How long to wait for the halves. */
export interface HalvesOptions {
  /** The time for an answer, in ms. */
  readonly timeout: number;
  readonly scheduler: SchedulerLike;
}

/** Receives the outcome. */
export interface HalvesListener {
  /** Both halves are there. */
  onPair(state: NamedState, server: NamedServer): void;
  /** Discord did not answer, and the bot is where it was. */
  onUnanswered(channelId: Snowflake): void;
  /** A half that was due did not come. */
  onLate(): void;
  /** The bot is in another channel, and the token for it was already reported with the old channel. */
  onSpent(): void;
}

/**
 * Combines the halves, in whichever order they come. After an op 4 both are due; after a move by somebody else the server is due; after a server
 * alone a voice state may follow.
 */
export class Halves {
  readonly #timeout: number;
  readonly #desired: DesiredState;
  readonly #listener: HalvesListener;
  readonly #due: Wait<'answer' | 'server' | 'state'>;
  #state: NamedState | undefined;
  /** The voice state is older than the pending op 4: even a request for the current channel needs an answer. */
  #stale = false;
  #server: NamedServer | undefined;
  /** Where the bot was before the pending move, and still is if Discord does not answer. */
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

  /** Whether a server is named, reported or not. */
  get hasServer(): boolean {
    return this.#server !== undefined;
  }

  /** The token that was reported last, while it is valid. */
  get toldToken(): string | undefined {
    return this.#server !== undefined && this.#server.told !== false ? this.#server.token : undefined;
  }

  /** The token that was named last, reported or not. While an answer is due, which may bring another one, only a reported one. */
  get namedToken(): string | undefined {
    return this.#due.what === 'answer' ? this.toldToken : this.#server?.token;
  }

  /** Op 4 for a channel is about to be sent. The token of the old channel becomes worthless once the bot has left it. */
  ask(): void {
    // Of two requests in a row, the first may have been answered in the meantime.
    if (this.#state !== undefined && this.#server !== undefined) this.#kept = { channelId: this.#state.channelId, server: this.#server };
    else if (this.#due.what !== 'answer') this.#kept = undefined;
    this.#server = undefined;
    this.#stale = true;
    this.#expectAnswer();
  }

  #expectAnswer(): void {
    this.#due.begin('answer', this.#timeout, () => this.#onLateAnswer());
  }

  /** The halves belong to a membership that is over: forgets them. */
  forget(): void {
    this.stop();
    this.#state = undefined;
    this.#server = undefined;
    this.#kept = undefined;
  }

  /** Stops waiting. */
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
    // Already known.
    if (before.told !== false && before.token === token) return this.#tell(before.told);
    this.#due.begin('state', PAIR_GRACE_MS, () => this.#tell('alone'));
  }

  /** There is no server for now. While joining, the deadline starts again; later the driver's recovery decides how long to wait. */
  onNoEndpoint(): void {
    this.#server = undefined;
    this.#kept = undefined;
    if (this.#due.what === 'state') this.stop();
    if (this.#due.what === 'answer') this.#expectAnswer();
  }

  /** Our op 4 is answered when both halves are there, and the voice state is of the requested channel. */
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
    // Both came, but for a channel other than the requested one: somebody else's move has won.
    if (this.#state !== undefined && this.#server !== undefined) {
      desired.giveIn(this.#state.channelId);
      return this.#tell('pair');
    }
    const kept = this.#kept;
    if (kept === undefined || this.#state?.channelId !== kept.channelId) return this.#listener.onLate();
    // Discord never refuses: a move to a channel that is full, or closed to the bot, is simply not answered.
    const unanswered = desired.channelId;
    this.#server = kept.server;
    this.#kept = undefined;
    desired.giveIn(kept.channelId);
    if (unanswered !== undefined && unanswered !== kept.channelId) this.#listener.onUnanswered(unanswered);
    if (kept.server.told === false) this.#tell('pair');
  }
}
