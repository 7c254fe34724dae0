/** Answers to interactions: the first by callback, later ones by the webhook of its token. Source: Discord docs, Receiving and Responding. */
import { ApiError } from '../../plain/api-error.js';
import type { Interaction } from '../../world/interactions.js';
import { LOADING } from '../../world/message-book.js';
import type { MessageRecord } from '../../world/records.js';
import { payloadOf, rewrite, saysSomething, takeBack, write, type MessageWishes } from '../../world/talk.js';
import type { RestContext } from '../context.js';
import { messageWishes } from '../message-form.js';
import { openRoute, type ApiRequest, type Route } from '../route.js';
import { firstAnswer } from './first-answer.js';

/** `/interactions/…` and `/webhooks/…`. */
export function interactionRoutes({ world }: RestContext): readonly Route[] {
  const wishesOf = ({ form }: ApiRequest): MessageWishes => messageWishes(form, () => world.ids.next());
  const openOf = ({ param }: ApiRequest): Interaction => {
    const interaction = world.interactions.withToken(param('token'));
    if (param('application') !== world.bot.id || !interaction.acknowledged) throw new ApiError('unknown webhook');
    return interaction;
  };
  const messageOf = (request: ApiRequest): { readonly interaction: Interaction; readonly message: MessageRecord } => {
    const interaction = openOf(request);
    const id = request.param('message');
    const message = id === '@original' ? interaction.original : world.messages.get(interaction.subject.channel.id, id);
    if (message === undefined) throw new ApiError('unknown message');
    return { interaction, message };
  };
  /** Editing a deferred message gives it content, which settles the interaction for the waiting member. */
  const change = (interaction: Interaction, message: MessageRecord, wishes: MessageWishes): object => {
    rewrite(world, message, { ...wishes, flags: (message.flags | (wishes.flags ?? 0)) & ~LOADING });
    interaction.settle({ type: 'message', message });
    return payloadOf(world, message);
  };
  const one = '/webhooks/:application/:token/messages/:message';
  return [
    openRoute('POST', '/interactions/:interaction/:token/callback', ({ param, form, query }) => {
      const interaction = world.interactions.get(param('interaction'), param('token'));
      const type = form.number('type') ?? 0;
      const message = firstAnswer(world, interaction, type, form.part('data'));
      if (query.get('with_response') !== 'true') return undefined;
      const told = {
        id: interaction.id,
        type: interaction.subject.type,
        response_message_id: message?.id ?? null,
        response_message_loading: type === 5,
        response_message_ephemeral: false,
      };
      return { interaction: told, ...(message === undefined ? {} : { resource: { type, message: payloadOf(world, message) } }) };
    }),
    openRoute('POST', '/webhooks/:application/:token', (request) => {
      const interaction = openOf(request);
      const wishes = wishesOf(request);
      if (!saysSomething(wishes)) throw new ApiError('empty message');
      const { original, subject } = interaction;
      // The first message after a deferred answer replaces it.
      if (original !== undefined && (original.flags & LOADING) !== 0) return change(interaction, original, wishes);
      const message = write(world, subject.channel, world.bot, wishes);
      interaction.settle({ type: 'message', message });
      return payloadOf(world, message);
    }),
    openRoute('GET', one, (request) => payloadOf(world, messageOf(request).message)),
    openRoute('PATCH', one, (request) => {
      const { interaction, message } = messageOf(request);
      return change(interaction, message, wishesOf(request));
    }),
    openRoute('DELETE', one, (request) => takeBack(world, messageOf(request).message)),
  ];
}
