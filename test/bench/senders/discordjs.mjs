/** @discordjs/voice as its guide shows it: one AudioPlayer a session, pre-encoded Opus. It takes the first mode the server offers. */
import { once } from 'node:events';
import { Readable } from 'node:stream';
import {
  AudioPlayerStatus,
  createAudioPlayer,
  createAudioResource,
  entersState,
  joinVoiceChannel,
  StreamType,
  VoiceConnectionStatus,
} from '@discordjs/voice';

/** Joins all at once; resolves when the last is ready. */
export function join(admissions, { dave }) {
  return Promise.all(admissions.map((admission) => joinOne(admission, dave)));
}

async function joinOne({ ids, voiceState, voiceServer }, dave) {
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
  const connection = joinVoiceChannel({ guildId, channelId, adapterCreator, daveEncryption: dave });
  await entersState(connection, VoiceConnectionStatus.Ready, 25_000);
  const player = createAudioPlayer();
  connection.subscribe(player);
  return {
    /** Resolves when there is a group to encrypt for. */
    secure: async () => {
      while (!connection.voicePrivacyCode) await once(connection, 'transitioned');
    },
    play: async (frames) => {
      const idle = once(player, AudioPlayerStatus.Idle);
      player.play(createAudioResource(Readable.from(frames), { inputType: StreamType.Opus, inlineVolume: false }));
      await idle;
    },
    leave: () => connection.destroy(),
  };
}
