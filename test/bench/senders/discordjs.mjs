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
export function join(admissions) {
  return Promise.all(admissions.map(joinOne));
}

async function joinOne({ ids, voiceState, voiceServer }) {
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
  const connection = joinVoiceChannel({ guildId, channelId, adapterCreator, daveEncryption: false });
  await entersState(connection, VoiceConnectionStatus.Ready, 25_000);
  const player = createAudioPlayer();
  connection.subscribe(player);
  return {
    play: async (frames) => {
      const idle = once(player, AudioPlayerStatus.Idle);
      player.play(createAudioResource(Readable.from(frames), { inputType: StreamType.Opus, inlineVolume: false }));
      await idle;
    },
    leave: () => connection.destroy(),
  };
}
