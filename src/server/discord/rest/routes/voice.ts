/** Voice states, stages and regions. */
import { ApiError } from '../../plain/api-error.js';
import { CHANNEL_TYPES } from '../../plain/channel-types.js';
import { demand } from '../../world/access.js';
import { editStage, openStage } from '../../world/guild-changes.js';
import { stagePayload } from '../../world/guild-payloads.js';
import type { RestContext } from '../context.js';
import { route, type ApiRequest, type Route } from '../route.js';

const REGIONS = [{ id: 'loopback', name: 'Loopback', optimal: true, deprecated: false, custom: false }];

/** `/guilds/:guild/voice-states/…`, `/stage-instances/…` and regions. */
export function voiceRoutes({ world, voice }: RestContext): readonly Route[] {
  const userOf = ({ param }: ApiRequest): string => (param('user') === '@me' ? world.bot.id : param('user'));
  const stateOf = (request: ApiRequest) => {
    const state = world.guild(request.param('guild')).voiceStates.get(userOf(request));
    if (state === undefined) throw new ApiError('unknown voice state');
    return state;
  };
  const stageOf = (channelId: string) => {
    const channel = world.channel(channelId);
    const stage = channel.guildId === null ? undefined : world.guild(channel.guildId).stages.get(channelId);
    if (stage === undefined) throw new ApiError('unknown stage instance');
    return { stage, channel };
  };
  return [
    route('GET', '/voice/regions', () => REGIONS),
    route('GET', '/guilds/:guild/regions', ({ param }) => (world.guild(param('guild')), REGIONS)),
    route('GET', '/guilds/:guild/voice-states/:user', stateOf),
    route('PATCH', '/guilds/:guild/voice-states/:user', (request) => {
      const { form } = request;
      const guild = world.guild(request.param('guild'));
      const state = stateOf(request);
      const channel = world.channel(form.id('channel_id') ?? state.channel_id!);
      // Source: Discord docs, Modify Current User Voice State, Caveats.
      if (channel.type !== CHANNEL_TYPES.stage || channel.id !== state.channel_id) throw new ApiError('wrong channel type');
      const suppress = form.flag('suppress');
      const self = state.user_id === world.bot.id;
      if (suppress === false || (suppress === true && !self)) demand(world, guild.id, ['MUTE_MEMBERS'], channel);
      if (form.text('request_to_speak_timestamp') !== undefined) demand(world, guild.id, ['REQUEST_TO_SPEAK'], channel);
      if (suppress !== undefined) voice.suppress(guild.id, state.user_id, suppress);
    }),
    route('POST', '/stage-instances', ({ form }) => {
      const channel = world.channel(form.id('channel_id') ?? '');
      if (channel.type !== CHANNEL_TYPES.stage || channel.guildId === null) throw new ApiError('wrong channel type');
      demand(world, channel.guildId, ['MANAGE_CHANNELS', 'MUTE_MEMBERS', 'MOVE_MEMBERS'], channel);
      const topic = form.text('topic');
      if (topic === undefined) throw new ApiError('invalid form', { topic: 'This field is required' });
      if (world.guild(channel.guildId).stages.has(channel.id)) throw new ApiError('stage already open');
      return stagePayload(openStage(world, channel, topic));
    }),
    route('GET', '/stage-instances/:channel', ({ param }) => stagePayload(stageOf(param('channel')).stage)),
    route('PATCH', '/stage-instances/:channel', ({ param, form }) => {
      const { stage, channel } = stageOf(param('channel'));
      demand(world, stage.guildId, ['MANAGE_CHANNELS', 'MUTE_MEMBERS', 'MOVE_MEMBERS'], channel);
      editStage(world, stage, form.text('topic') ?? stage.topic);
      return stagePayload(stage);
    }),
    route('DELETE', '/stage-instances/:channel', ({ param }) => {
      const { stage, channel } = stageOf(param('channel'));
      demand(world, stage.guildId, ['MANAGE_CHANNELS', 'MUTE_MEMBERS', 'MOVE_MEMBERS'], channel);
      editStage(world, stage, null);
    }),
  ];
}
