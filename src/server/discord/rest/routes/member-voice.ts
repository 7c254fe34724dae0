/** The voice part of Modify Guild Member: mute, deafen, move, disconnect. Source: Discord docs, Guild. */
import { ApiError } from '../../plain/api-error.js';
import { isVoiceType } from '../../plain/channel-types.js';
import { demand } from '../../world/access.js';
import { editMember } from '../../world/guild-changes.js';
import type { MemberRecord } from '../../world/records.js';
import type { RestContext } from '../context.js';
import type { Form } from '../form.js';

/** All permissions are checked before anything is changed. @throws ApiError */
export function onVoiceOfMember({ world, voice }: RestContext, member: MemberRecord, form: Form): void {
  const { guildId, user } = member;
  const [mute, deaf] = [form.flag('mute'), form.flag('deaf')];
  const moves = form.has('channel_id');
  if (mute !== undefined) demand(world, guildId, ['MUTE_MEMBERS']);
  if (deaf !== undefined) demand(world, guildId, ['DEAFEN_MEMBERS']);
  if (moves) demand(world, guildId, ['MOVE_MEMBERS']);
  if (mute === undefined && deaf === undefined && !moves) return;
  if (!world.guild(guildId).voiceStates.has(user.id)) throw new ApiError('not connected to voice');
  const channelId = form.id('channel_id');
  const channel = channelId === undefined ? undefined : world.channel(channelId);
  if (channel !== undefined && !isVoiceType(channel.type)) throw new ApiError('wrong channel type');
  if (mute !== undefined || deaf !== undefined) {
    editMember(world, member, { mute: mute ?? member.mute, deaf: deaf ?? member.deaf });
    voice.silence(guildId, user.id, { ...(mute === undefined ? {} : { mute }), ...(deaf === undefined ? {} : { deaf }) });
  }
  if (channel !== undefined) voice.move(guildId, user.id, channel.id);
  else if (moves) voice.disconnect(guildId, user.id);
}
