/** A connection of `@discordjs/voice`, as a member of the call. */
import '../../support/djs-sodium.mjs';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import {
  AudioPlayerStatus,
  createAudioPlayer,
  createAudioResource,
  EndBehaviorType,
  entersState,
  joinVoiceChannel,
  StreamType,
  VoiceConnectionStatus,
} from '@discordjs/voice';
import { filter, fromEvent, map, startWith } from 'rxjs';
import { djsAdapter } from '../../support/djs-adapter.mjs';
import { hex, isSound } from '../frames.mjs';

/** ms in which a connection must become ready. */
const PATIENCE = 30_000;

/** Joins; resolves when the connection is ready. */
export async function join(gateway, { guildId, channelId, userId }) {
  const adapterCreator = djsAdapter(gateway, userId);
  const connection = joinVoiceChannel({ guildId, channelId, adapterCreator, selfDeaf: false, daveEncryption: true });
  await entersState(connection, VoiceConnectionStatus.Ready, PATIENCE);
  const player = createAudioPlayer();
  connection.subscribe(player);
  const { receiver } = connection;
  return {
    name: '@discordjs/voice',
    userId,
    /** djs emits `transitioned` for each epoch, after it has the new keys. */
    code$: fromEvent(connection, 'transitioned').pipe(
      startWith(0),
      map(() => connection.voicePrivacyCode ?? null),
    ),
    introduce: () => connection.setSpeaking(true),
    /** Starts when djs knows the user's SSRC; it drops earlier packets. */
    hear: async (user) => {
      while (receiver.ssrcMap.get(user) === undefined) await once(receiver.ssrcMap, 'create');
      const stream = receiver.subscribe(user, { end: { behavior: EndBehaviorType.Manual } });
      return fromEvent(stream, 'data').pipe(map(hex), filter(isSound));
    },
    play: async (frames) => {
      const idle = once(player, AudioPlayerStatus.Idle);
      const packets = Readable.from(frames.map((frame) => Buffer.from(frame)));
      player.play(createAudioResource(packets, { inputType: StreamType.Opus, inlineVolume: false }));
      await idle;
    },
    leave: () => connection.destroy(),
  };
}
