/** Channels of guilds. */
import { ApiError } from '../../plain/api-error.js';
import { CHANNEL_TYPES } from '../../plain/channel-types.js';
import type { Overwrite } from '../../plain/permissions.js';
import { isWhole } from '../../../whole-number.js';
import { demand } from '../../world/access.js';
import { addChannel, editChannel, removeChannel, type ChannelWishes } from '../../world/guild-changes.js';
import { channelPayload } from '../../world/guild-payloads.js';
import type { RestContext } from '../context.js';
import { Form } from '../form.js';
import { route, type Route } from '../route.js';

/** `/channels/:channel`, and creating a channel in a guild. */
export function channelRoutes({ world, voice }: RestContext): readonly Route[] {
  return [
    route('POST', '/guilds/:guild/channels', ({ param, form }) => {
      demand(world, param('guild'), ['MANAGE_CHANNELS']);
      const type = form.number('type') ?? CHANNEL_TYPES.text;
      const known = type !== CHANNEL_TYPES.dm && (Object.values(CHANNEL_TYPES) as readonly number[]).includes(type);
      if (!known) throw new ApiError('invalid form', { type: 'Value must be one of {0, 2, 4, 5, 13}.' });
      if (form.text('name') === undefined) throw new ApiError('invalid form', { name: 'This field is required' });
      return channelPayload(addChannel(world, world.guild(param('guild')), { type, ...wishesOf(form) }));
    }),
    route('GET', '/channels/:channel', ({ param }) => {
      const channel = world.channel(param('channel'));
      if (channel.guildId !== null) demand(world, channel.guildId, ['VIEW_CHANNEL'], channel);
      return channelPayload(channel);
    }),
    route('PATCH', '/channels/:channel', ({ param, form }) => {
      const channel = world.channel(param('channel'));
      if (channel.guildId === null) throw new ApiError('wrong channel type');
      demand(world, channel.guildId, ['MANAGE_CHANNELS'], channel);
      const region = channel.rtcRegion;
      editChannel(world, channel, wishesOf(form));
      // If the channel's region changes, its call moves to another endpoint. If no port is free for that, the error is ignored.
      if (channel.rtcRegion !== region) void voice.changeRegion(channel.guildId).catch(() => undefined);
      return channelPayload(channel);
    }),
    route('DELETE', '/channels/:channel', ({ param }) => {
      const channel = world.channel(param('channel'));
      if (channel.guildId === null) throw new ApiError('wrong channel type');
      demand(world, channel.guildId, ['MANAGE_CHANNELS'], channel);
      removeChannel(world, world.guild(channel.guildId), channel);
      voice.channelRemoved(channel.guildId, channel.id);
      return channelPayload(channel);
    }),
    route('PUT', '/channels/:channel/voice-status', ({ param, form }) => {
      const channel = world.channel(param('channel'));
      if (channel.type !== CHANNEL_TYPES.voice || channel.guildId === null) throw new ApiError('wrong channel type');
      demand(world, channel.guildId, ['SET_VOICE_CHANNEL_STATUS'], channel);
      world.tell('VOICE_CHANNEL_STATUS_UPDATE', channel.guildId, {
        id: channel.id,
        guild_id: channel.guildId,
        status: form.text('status') ?? null,
      });
    }),
    route('POST', '/channels/:channel/typing', ({ param }) => {
      const channel = world.channel(param('channel'));
      if (channel.guildId !== null) demand(world, channel.guildId, ['SEND_MESSAGES'], channel);
    }),
  ];
}

/** The given fields; the others stay unchanged. */
function wishesOf(form: Form): ChannelWishes {
  const limit = form.number('user_limit');
  if (limit !== undefined && !isWhole(limit, 0, 10_000))
    throw new ApiError('invalid form', { user_limit: 'int value should be less than or equal to 10000.' });
  const wishes: Readonly<Record<string, readonly [field: string, value: unknown]>> = {
    name: ['name', form.text('name')],
    topic: ['topic', form.text('topic') ?? null],
    bitrate: ['bitrate', form.number('bitrate')],
    userLimit: ['user_limit', limit],
    rtcRegion: ['rtc_region', form.text('rtc_region') ?? null],
    parentId: ['parent_id', form.id('parent_id') ?? null],
    overwrites: ['permission_overwrites', form.list('permission_overwrites')?.map(overwriteOf)],
  };
  const given = Object.entries(wishes).filter(([, [field, value]]) => form.has(field) && value !== undefined);
  return Object.fromEntries(given.map(([name, [, value]]) => [name, value])) as ChannelWishes;
}

function overwriteOf(value: unknown): Overwrite {
  const form = new Form(value);
  const bits = (name: string): bigint => BigInt(/^\d+$/.test(String(form.fields[name] ?? 0)) ? String(form.fields[name] ?? 0) : 0);
  return { id: form.id('id') ?? '0', type: form.number('type') === 1 ? 1 : 0, allow: bits('allow'), deny: bits('deny') };
}
