/** Deadlines of the stages of a connection, and the usual causes of a stage that does not end. */
import { Observable, type OperatorFunction, type SchedulerLike, type Subscriber, type Subscription } from 'rxjs';
import { deadline } from '../../deadline.js';
import { VoiceTimeoutError } from '../../errors.js';
import { operate, type Operation } from '../../operate.js';
import type { ConnectStage } from '../../types.js';

export const LIKELY_CAUSES: Readonly<Record<ConnectStage, string>> = {
  socket: 'the WebSocket did not open. A firewall or proxy may block outgoing TLS to the voice server, or the endpoint is wrong',
  hello: 'the WebSocket is open but the server said nothing. The endpoint may not be a voice server, or it is overloaded',
  ready: 'the server did not answer Identify. The bot may be in this channel from another process, or the server is overloaded',
  discovery:
    'no UDP datagram came back. Outgoing UDP is blocked by the host, a container network or a firewall: allow UDP to ports 50000-65535',
  description: 'the server did not answer Select Protocol. It may not reach us on the address that IP discovery found',
  dave: 'the end-to-end encrypted group was not made. Another member may not answer, or the DAVE provider does not work',
};

export interface StageOptions {
  readonly timeouts: Readonly<Record<ConnectStage, number>>;
  readonly scheduler: SchedulerLike;
  /** Called when the stage begins. */
  readonly enter: (stage: ConnectStage) => void;
}

/**
 * Gives a stage its deadline: errors with a VoiceTimeoutError unless its first value comes in time. With `follows`, that value ends the stage,
 * and the result continues with the Observable that `follows` returns, as with `followedBy`.
 */
export function inStage<T>(stage: ConnectStage, options: StageOptions): OperatorFunction<T, T>;
export function inStage<T, R>(stage: ConnectStage, options: StageOptions, follows: (value: T) => Observable<R>): OperatorFunction<T, R>;
export function inStage<T>(stage: ConnectStage, options: StageOptions, follows?: (value: T) => Observable<unknown>): OperatorFunction<T, unknown> {
  return (source) =>
    // One subscriber instead of the four of defer, timeout and followedBy: stages are most of what a join allocates, and the one of a socket stays.
    new Observable((subscriber) => {
      options.enter(stage);
      // `enter` may have unsubscribed.
      if (!subscriber.closed) source.subscribe(operate(new Stage(stage, options, subscriber, follows)));
    });
}

class Stage<T> implements Operation<T, unknown> {
  readonly destination: Subscriber<unknown>;
  readonly #deadline: Subscription;
  readonly #follows: ((value: T) => Observable<unknown>) | undefined;
  #followed = false;

  constructor(stage: ConnectStage, { timeouts, scheduler }: StageOptions, destination: Subscriber<unknown>, follows: ((value: T) => Observable<unknown>) | undefined) {
    this.destination = destination;
    this.#follows = follows;
    const ms = timeouts[stage];
    this.#deadline = deadline(ms, scheduler, () => destination.error(new VoiceTimeoutError(stage, ms, LIKELY_CAUSES[stage])));
    destination.add(this.#deadline);
  }

  next(value: T): void {
    this.#deadline.unsubscribe();
    if (this.#follows === undefined) return this.destination.next(value);
    this.#followed = true;
    const following$ = this.#follows(value);
    if (!this.destination.closed) following$.subscribe(this.destination);
  }

  complete(): void {
    if (!this.#followed) this.destination.complete();
  }
}
