/** Commands that were given, buttons that were pressed: each waits for the bot's answer, for three seconds, and then for what follows. */
import { Subscription, type SchedulerLike } from 'rxjs';
import { deadline } from '../../../deadline.js';
import type { Snowflake } from '../../../types.js';
import { ApiError } from '../plain/api-error.js';
import { memberError } from '../plain/member-error.js';
import type { ChannelRecord, MemberRecord, MessageRecord } from './records.js';

/** Types of interactions. Source: Discord docs, Receiving and Responding. */
export const INTERACTION = { command: 2, component: 3, autocomplete: 4, modal: 5 } as const;

/** ms; for so long can be answered. Source: Discord docs, Receiving and Responding, Followup Messages. */
const TOKEN_LASTS = 900_000;

/** What the bot's answer was. */
export type Outcome =
  | { readonly type: 'message'; readonly message: MessageRecord }
  | { readonly type: 'choices'; readonly choices: readonly { readonly name: string; readonly value: string | number }[] }
  | { readonly type: 'modal'; readonly modal: Readonly<Record<string, unknown>> };

/** Who has done what, and where. */
export interface InteractionSubject {
  readonly type: number;
  /** Of the command, or the id of the component: for what is said of it. */
  readonly name: string;
  readonly member: MemberRecord;
  readonly channel: ChannelRecord;
  /** Where a component was pressed. */
  readonly message?: MessageRecord;
}

/** One of them. */
export class Interaction {
  /** Whether there was a first answer: there is no second. */
  acknowledged = false;
  /** The message of the first answer, or that which was pressed on. */
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

  /** The first answer is due in so many ms. */
  expect(ms: number, scheduler: SchedulerLike): void {
    this.#deadline.unsubscribe();
    const late = (): void =>
      this.#fail(memberError('no-answer', `The application did not respond: no answer to '${this.subject.name}' within ${ms} ms`));
    this.#deadline = deadline(ms, scheduler, late);
    this.#scheduler = scheduler;
  }

  /** @throws ApiError where there was a first answer already */
  demandFirst(): void {
    if (this.acknowledged) throw new ApiError('already acknowledged');
  }

  /** There was a first answer. One that is deferred has to come while the token is good. */
  acknowledge(deferred: boolean): void {
    this.acknowledged = true;
    if (deferred && this.#scheduler !== undefined) this.expect(TOKEN_LASTS, this.#scheduler);
    else this.#deadline.unsubscribe();
  }

  /** What the member sees of it. Only the first counts. */
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

/** All that are open. */
export class Interactions {
  readonly #byToken = new Map<string, Interaction>();

  add(interaction: Interaction): void {
    this.#byToken.set(interaction.token, interaction);
    // Who gave the command may not wait for an answer.
    interaction.outcome.catch(() => undefined);
  }

  /** @throws ApiError */
  get(id: Snowflake, token: string): Interaction {
    const interaction = this.#byToken.get(token);
    if (interaction?.id !== id) throw new ApiError('unknown interaction');
    return interaction;
  }

  /** By the token alone, as the webhook of an interaction is found. @throws ApiError */
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
