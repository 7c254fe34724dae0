/** What the voice server asks about guilds. */
import { CHANNEL_TYPES } from '../plain/channel-types.js';
import type { SessionIds } from '../plain/session-ids.js';
import type { VoiceGuilds } from '../../guilds.js';
import { may } from '../world/access.js';
import type { World } from '../world/world.js';

/** Answers from the current state of the world. */
export function voiceGuilds(world: World, sessions: SessionIds): VoiceGuilds {
  return {
    isStage: (channelId) => world.findChannel(channelId)?.type === CHANNEL_TYPES.stage,
    sessionId: (userId, guildId) => (userId === world.bot.id ? sessions.of(guildId) : undefined),
    arrival: ({ guildId, channelId, userId }) => {
      const guild = world.guilds.get(guildId);
      const member = guild?.members.get(userId);
      const channel = guild?.channels.get(channelId);
      if (guild === undefined || member === undefined) return { suppressed: false, muted: false, deafened: false };
      return { suppressed: !may(guild, member, ['SPEAK'], channel), muted: member.mute, deafened: member.deaf };
    },
  };
}
