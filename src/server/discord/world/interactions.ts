/** Commands that were used and buttons that were pressed. Each waits three seconds for the bot's first answer, and then for a deferred one. */
import { Subscription, type SchedulerLike } from 'rxjs';
import { deadline } from '../../../deadline.js';
import type { Snowflake } from '../../../types.js';
import { ApiError } from '../plain/api-error.js';
import { memberError } from '../plain/member-error.js';
import type { ChannelRecord, MemberRecord, MessageRecord } from './records.js';

/** Types of interactions. Source: Discord docs, Receiving and Responding. */
export const INTERACTION = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const;

/** ms for which an interaction can be answered. Source: Discord docs, Receiving and Responding, Followup Messages. */
const TOKEN_LASTS = 900_000;

/** The bot's answer. */
export type Outcome =
  | { readonly type: 'message'; readonly message: MessageRecord }
  | { readonly type: 'choices'; readonly choices: readonly { readonly name: string; readonly value: string | number }[] }
  | { readonly type: 'modal'; readonly modal: Readonly<Record<string, unknown>> };

/** Who did what, and where. */
export interface InteractionSubject {
  readonly type: number;
  /** Name of the command, or id of the component, for messages about it. */
  readonly name: string;
  readonly member: MemberRecord;
  readonly channel: ChannelRecord;
  /** The message with the pressed component. */
  readonly message?: MessageRecord;
}

/** One interaction. */
export class Interaction {
  /** Whether there was a first answer. There can be only one. */
  acknowledged = false;
  /** The message of the first answer, or the message with the pressed component. */
  original: MessageRecord | undefined;
  readonly outcome: Promise<Outcome>;
  #settle: (outcome: Outcome) => void = () => undefined;
  #fail: (error: Error) => void = () => undefined;
  #deadline = Subscription.EMPTY;
  #scheduler: SchedulerLike | undefined;

  constructor(
    readonly id: Snowflake,
    readonly token: string,
    readonly subject: InteractionSubject,
  ) {
    this.outcome = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
  }

  /** Expects an answer within `ms`. */
  expect(ms: number, scheduler: SchedulerLike): void {
    this.#deadline.unsubscribe();
    const late = (): void =>
      this.#fail(memberError('no-answer', `The application did not respond: no answer to '${this.subject.name}' within ${ms} ms`));
    this.#deadline = deadline(ms, scheduler, late);
    this.#scheduler = scheduler;
  }

  /** @throws ApiError if there was a first answer already */
  demandFirst(): void {
    if (this.acknowledged) throw new ApiError('already acknowledged');
  }

  /** There was a first answer. If it defers the real one, that must come while the token is valid. */
  acknowledge(deferred: boolean): void {
    this.acknowledged = true;
    if (deferred && this.#scheduler !== undefined) this.expect(TOKEN_LASTS, this.#scheduler);
    else this.#deadline.unsubscribe();
  }

  /** Sets what the member sees as the answer. Only the first call counts. */
  settle(outcome: Outcome): void {
    this.#deadline.unsubscribe();
    this.#settle(outcome);
  }

  /** Nobody will answer any more. */
  abandon(): void {
    this.#deadline.unsubscribe();
    this.#fail(memberError('no-answer', 'Discord was closed before the application answered'));
  }
}

/** All open interactions. */
export class Interactions {
  readonly #byToken = new Map<string, Interaction>();

  add(interaction: Interaction): void {
    this.#byToken.set(interaction.token, interaction);
    // The member may not wait for the outcome, so a rejection must not be unhandled.
    interaction.outcome.catch(() => undefined);
  }

  /** @throws ApiError */
  get(id: Snowflake, token: string): Interaction {
    const interaction = this.#byToken.get(token);
    if (interaction?.id !== id) throw new ApiError('unknown interaction');
    return interaction;
  }

  /** Finds an interaction by its token alone, as its webhook does. @throws ApiError */
  withToken(token: string): Interaction {
    const interaction = this.#byToken.get(token);
    if (interaction === undefined) throw new ApiError('unknown webhook');
    return interaction;
  }

  close(): void {
    for (const interaction of this.#byToken.values()) interaction.abandon();
    this.#byToken.clear();
  }
}
