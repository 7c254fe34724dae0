/** A connection of @discordjs/voice that gets the bot gateway's events directly. */
import { entersState, joinVoiceChannel, VoiceConnectionStatus } from '@discordjs/voice';

export { EndBehaviorType } from '@discordjs/voice';

/** Resolves when the connection is ready. */
export async function connect({ ids, voiceState, voiceServer }, { dave, selfDeaf = true }) {
  const adapterCreator = ({ onVoiceStateUpdate, onVoiceServerUpdate }) => ({
    sendPayload: ({ d }) => {
      if (d.channel_id !== null) {
        queueMicrotask(() => {
          onVoiceStateUpdate(voiceState);
          onVoiceServerUpdate(voiceServer);
        });
      }
      return true;
    },
    destroy: () => undefined,
  });
  const { guildId, channelId } = ids;
  const connection = joinVoiceChannel({ guildId, channelId, adapterCreator, selfDeaf, daveEncryption: dave });
  await entersState(connection, VoiceConnectionStatus.Ready, 25_000);
  return connection;
}
