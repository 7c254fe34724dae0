/** @discordjs/voice as a listener, as its guide shows it: a subscription, and so a stream, for each who speaks. */
import { once } from 'node:events';

/** Joins; resolves when the connection is ready. It takes the first mode that the server offers. */
export async function join({ ids, voiceState, voiceServer }, { mode, dave }) {
  if (mode.includes('xchacha')) await import('../../support/djs-sodium.mjs');
  const { EndBehaviorType, entersState, joinVoiceChannel, VoiceConnectionStatus } = await import('@discordjs/voice');
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
  const connection = joinVoiceChannel({ guildId, channelId, adapterCreator, selfDeaf: false, daveEncryption: dave });
  await entersState(connection, VoiceConnectionStatus.Ready, 25_000);
  return {
    /** Resolves when the group has this privacy code. */
    agree: async (code) => {
      while (connection.voicePrivacyCode !== code) await once(connection, 'transitioned');
    },
    hear: (users, take) => {
      for (const user of users)
        connection.receiver.subscribe(user, { end: { behavior: EndBehaviorType.Manual } }).on('data', take);
    },
    leave: () => connection.destroy(),
  };
}
