/** The types of interaction callbacks. Source: Discord docs, Receiving and Responding, Interaction Callback Type. */
import { ApiError } from '../../plain/api-error.js';
import { INTERACTION, type Interaction, type Outcome } from '../../world/interactions.js';
import { EPHEMERAL, LOADING } from '../../world/message-book.js';
import type { MessageRecord } from '../../world/records.js';
import { rewrite, saysSomething, write, type MessageWishes } from '../../world/talk.js';
import type { World } from '../../world/world.js';
import type { Form } from '../form.js';
import { messageWishes } from '../message-form.js';

/** The types of callbacks, and the interactions that they may answer. */
const ANSWERS = {
  message: { type: 4, to: [INTERACTION.command, INTERACTION.component, INTERACTION.modal] },
  deferred: { type: 5, to: [INTERACTION.command, INTERACTION.component, INTERACTION.modal] },
  'deferred update': { type: 6, to: [INTERACTION.component, INTERACTION.modal] },
  update: { type: 7, to: [INTERACTION.component, INTERACTION.modal] },
  choices: { type: 8, to: [INTERACTION.autocomplete] },
  modal: { type: 9, to: [INTERACTION.command, INTERACTION.component] },
} as const satisfies Readonly<Record<string, { readonly type: number; readonly to: readonly number[] }>>;

/** Carries out a first answer. @returns the message of the answer @throws ApiError */
export function firstAnswer(world: World, interaction: Interaction, type: number, data: Form): MessageRecord | undefined {
  const { subject } = interaction;
  const answer = Object.entries(ANSWERS).find(
    ([, { type: of, to }]) => of === type && (to as readonly number[]).includes(subject.type),
  )?.[0] as keyof typeof ANSWERS | undefined;
  if (answer === undefined) throw new ApiError('invalid form', { type: 'Value is not a callback type for this interaction.' });
  const wishes = messageWishes(data, () => world.ids.next());
  if (answer === 'message' && !saysSomething(wishes)) throw new ApiError('empty message');
  interaction.demandFirst();
  const seen = (outcome: Outcome): void => interaction.settle(outcome);
  if (answer === 'choices')
    seen({ type: 'choices', choices: (data.list('choices') ?? []) as Extract<Outcome, { type: 'choices' }>['choices'] });
  else if (answer === 'modal') seen({ type: 'modal', modal: data.fields });
  else if (answer === 'message' || answer === 'deferred') {
    interaction.original = written(
      world,
      interaction,
      answer === 'deferred' ? { flags: ((wishes.flags ?? 0) & EPHEMERAL) | LOADING } : wishes,
    );
    if (answer === 'message') seen({ type: 'message', message: interaction.original });
  } else {
    interaction.original = subject.message;
    if (answer === 'update' && subject.message !== undefined) rewrite(world, subject.message, wishes);
    if (subject.message !== undefined) seen({ type: 'message', message: subject.message });
  }
  // Done last: a refused answer does not count, and another may follow.
  interaction.acknowledge(answer === 'deferred');
  return interaction.original;
}

function written(world: World, { id, subject }: Interaction, wishes: MessageWishes): MessageRecord {
  const note = { id, type: subject.type, name: subject.name, user: subject.member.user };
  return write(world, subject.channel, world.bot, { ...wishes, interaction: note });
}
