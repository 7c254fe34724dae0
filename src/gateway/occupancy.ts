/** Allows one stay of a bot in a guild at a time. */
import { Observable, type MonoTypeOperatorFunction, type Subscriber } from 'rxjs';
import { AlreadyJoinedError } from '../errors.js';
import { operate, type Operation } from '../operate.js';
import { GuildTable } from './guild-table.js';
import type { GatewayPort } from './port.js';
import type { VoiceTarget } from './target.js';

/** The stays that are subscribed to. */
const stays = new GuildTable<true>();

/**
 * Keeps a second stay out: while one of this bot in this guild is subscribed, another errors with an AlreadyJoinedError, and nothing is subscribed.
 * It would get half an answer to its op 4, and its leave would end the first. The guild is occupied from start to end, also while the stay leaves and
 * joins again by itself.
 *
 * ```
 * A         ^-------------------!
 * B            ^#                 ^---      # AlreadyJoinedError
 * op 4      j-------------------x-j---      x leaves
 * ```
 *
 * The end is reported after everything is released and the guild is free: a subscriber that joins again in response does so after the leave.
 */
export function occupying<T>(gateway$: GatewayPort, target: Pick<VoiceTarget, 'guildId' | 'userId'>): MonoTypeOperatorFunction<T> {
  return (stay$) =>
    new Observable((subscriber) => {
      if (stays.get(gateway$, target) === undefined) new Stay(gateway$, target, subscriber).begin(stay$);
      else subscriber.error(new AlreadyJoinedError(target.guildId, target.userId));
    });
}

class Stay<T> implements Operation<T, T> {
  readonly destination: Subscriber<T>;
  readonly #gateway$: GatewayPort;
  readonly #target: Pick<VoiceTarget, 'guildId' | 'userId'>;
  readonly #subscriber: Subscriber<T>;
  #begun = false;
  /** The end, if it came before there was a subscription to release. */
  #ended: (() => void) | undefined;

  constructor(gateway$: GatewayPort, target: Pick<VoiceTarget, 'guildId' | 'userId'>, destination: Subscriber<T>) {
    this.#gateway$ = gateway$;
    this.#target = target;
    this.destination = destination;
    stays.set(gateway$, target, true);
    this.#subscriber = operate<T>(this);
  }

  begin(stay$: Observable<T>): void {
    stay$.subscribe(this.#subscriber);
    // Last of all: until the leave is sent, nobody else may join.
    this.#subscriber.add(() => stays.delete(this.#gateway$, this.#target));
    this.#begun = true;
    if (this.#ended !== undefined) this.#end(this.#ended);
  }

  error(error: unknown): void {
    this.#end(() => this.destination.error(error));
  }

  complete(): void {
    this.#end(() => this.destination.complete());
  }

  #end(tell: () => void): void {
    if (this.#begun) {
      this.#subscriber.unsubscribe();
      tell();
    } else this.#ended = tell;
  }
}
