/** @discordjs/voice as its guide shows it: one AudioPlayer per session, pre-encoded Opus. djs takes the first mode the server offers. */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { AudioPlayerStatus, createAudioPlayer, createAudioResource, StreamType } from '@discordjs/voice';
import { connect } from '../discordjs.mjs';

/** Joins all at once; resolves when all are ready. */
export function join(admissions, { dave }) {
  return Promise.all(admissions.map((admission) => joinOne(admission, dave)));
}

async function joinOne(admission, dave) {
  const connection = await connect(admission, { dave });
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
    playFile: async (path) => {
      const idle = once(player, AudioPlayerStatus.Idle);
      player.play(createAudioResource(createReadStream(path), { inputType: StreamType.OggOpus, inlineVolume: false }));
      await idle;
    },
    leave: () => connection.destroy(),
  };
}
