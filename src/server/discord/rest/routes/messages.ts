/** Messages of channels. */
import { ApiError } from '../../plain/api-error.js';
import { isTextType } from '../../plain/channel-types.js';
import type { Permission } from '../../plain/permissions.js';
import { demand } from '../../world/access.js';
import type { ChannelRecord } from '../../world/records.js';
import { payloadOf, rewrite, saysSomething, takeBack, write } from '../../world/talk.js';
import type { RestContext } from '../context.js';
import { queryId, queryLimit } from '../form.js';
import { messageWishes } from '../message-form.js';
import { route, type ApiRequest, type Route } from '../route.js';

/** The number of messages in one answer: by default, and at most. */
const USUAL = 50;
const MOST = 100;

/** `/channels/:channel/messages/…`. */
export function messageRoutes({ world }: RestContext): readonly Route[] {
  const channelFor = ({ param }: ApiRequest, permissions: readonly Permission[]): ChannelRecord => {
    const channel = world.channel(param('channel'));
    if (channel.guildId !== null) demand(world, channel.guildId, permissions, channel);
    if (!isTextType(channel.type)) throw new ApiError('not in a text channel');
    return channel;
  };
  const messageOf = (request: ApiRequest) => world.messages.get(request.param('channel'), request.param('message'));
  return [
    route('GET', '/channels/:channel/messages', (request) => {
      const channel = channelFor(request, ['READ_MESSAGE_HISTORY']);
      const { query } = request;
      const [before, after] = [queryId(query, 'before'), queryId(query, 'after')];
      const page = {
        limit: queryLimit(query, USUAL, MOST),
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      };
      return world.messages.page(channel.id, page).map((message) => payloadOf(world, message));
    }),
    route('GET', '/channels/:channel/messages/:message', (request) => {
      channelFor(request, ['READ_MESSAGE_HISTORY']);
      return payloadOf(world, messageOf(request));
    }),
    route('POST', '/channels/:channel/messages', (request) => {
      const channel = channelFor(request, ['SEND_MESSAGES']);
      const wishes = messageWishes(request.form, () => world.ids.next());
      if (!saysSomething(wishes)) throw new ApiError('empty message');
      return payloadOf(world, write(world, channel, world.bot, wishes));
    }),
    route('PATCH', '/channels/:channel/messages/:message', (request) => {
      channelFor(request, []);
      const message = messageOf(request);
      if (message.author.id !== world.bot.id) throw new ApiError('other author');
      rewrite(
        world,
        message,
        messageWishes(request.form, () => world.ids.next()),
      );
      return payloadOf(world, message);
    }),
    route('DELETE', '/channels/:channel/messages/:message', (request) => {
      const message = messageOf(request);
      channelFor(request, message.author.id === world.bot.id ? [] : ['MANAGE_MESSAGES']);
      takeBack(world, message);
    }),
  ];
}
