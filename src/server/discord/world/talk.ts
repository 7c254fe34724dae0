/** Writes, edits and deletes messages, and dispatches the event of each change. */
import { ApiError } from '../plain/api-error.js';
import { CHANNEL_TYPES } from '../plain/channel-types.js';
import { createdAt } from '../plain/snowflakes.js';
import { channelPayload, memberPayload } from './guild-payloads.js';
import { EPHEMERAL } from './message-book.js';
import { messagePayload, type MessagePayload } from './message-payloads.js';
import type { ChannelRecord, MessageRecord, UserRecord } from './records.js';
import type { World } from './world.js';

/** The given fields of a message. */
export type MessageWishes = Partial<
  Pick<MessageRecord, 'content' | 'flags' | 'embeds' | 'components' | 'attachments' | 'replyTo' | 'interaction' | 'nonce'>
>;

/** The maximum number of characters in a message. Source: Discord docs, Create Message. */
const MOST_CHARACTERS = 2_000;

/** Writes a message. @throws ApiError for one that is too long */
export function write(world: World, channel: ChannelRecord, author: UserRecord, wishes: MessageWishes): MessageRecord {
  const message: MessageRecord = {
    id: world.ids.next(), channelId: channel.id, guildId: channel.guildId, author, content: '', editedAt: null, flags: 0,
    embeds: [], components: [], attachments: [], replyTo: null, interaction: null, nonce: null, ...wishes,
  }; // prettier-ignore
  checkLength(message.content);
  world.messages.add(message);
  channel.lastMessageId = message.id;
  told(world, 'MESSAGE_CREATE', message);
  return message;
}

/** Whether it has any content. */
export function saysSomething({ content = '', embeds = [], components = [], attachments = [] }: MessageWishes): boolean {
  return content !== '' || embeds.length > 0 || components.length > 0 || attachments.length > 0;
}

/** Edits a message. */
export function rewrite(world: World, message: MessageRecord, change: MessageWishes): void {
  checkLength(change.content ?? '');
  Object.assign(message, change, { editedAt: createdAt(world.ids.next()) });
  told(world, 'MESSAGE_UPDATE', message);
}

/** Deletes a message. */
export function takeBack(world: World, message: MessageRecord): void {
  world.messages.remove(message);
  const { id, channelId, guildId } = message;
  world.tell('MESSAGE_DELETE', guildId, { id, channel_id: channelId, ...(guildId === null ? {} : { guild_id: guildId }) });
}

/** The channel of direct messages with a user. */
export function directChannel(world: World, recipient: UserRecord): ChannelRecord {
  let channel = world.directChannels.get(recipient.id);
  if (channel === undefined) {
    channel = {
      id: world.ids.next(), guildId: null, type: CHANNEL_TYPES.dm, name: '', position: 0, parentId: null, topic: null,
      bitrate: 0, userLimit: 0, rtcRegion: null, overwrites: [], lastMessageId: null, recipient,
    }; // prettier-ignore
    world.directChannels.set(recipient.id, channel);
    world.tell('CHANNEL_CREATE', null, channelPayload(channel));
  }
  return channel;
}

/** The payload of a message, for events and answers. */
export function payloadOf(world: World, message: MessageRecord): MessagePayload {
  return messagePayload(message, world.bot.id);
}

function told(world: World, event: string, message: MessageRecord): void {
  if ((message.flags & EPHEMERAL) !== 0) return;
  const { guildId, author } = message;
  const member = guildId === null ? undefined : world.guilds.get(guildId)?.members.get(author.id);
  const inGuild = guildId === null ? {} : { guild_id: guildId };
  const asMember = member === undefined ? {} : { member: { ...memberPayload(member), user: undefined } };
  world.tell(event, guildId, { ...payloadOf(world, message), ...inGuild, ...asMember }, author.id);
}

function checkLength(content: string): void {
  if (content.length > MOST_CHARACTERS) throw new ApiError('invalid form', { content: 'Must be 2000 or fewer in length.' });
}
