/** @discordjs/voice with its defaults; with `recipe`, also the handling of Disconnected that its guide recommends. */
import { once } from 'node:events';
import { Readable } from 'node:stream';
import {
  createAudioPlayer,
  createAudioResource,
  entersState,
  joinVoiceChannel,
  StreamType,
  VoiceConnectionStatus,
} from '@discordjs/voice';
import { djsAdapter } from '../../support/djs-adapter.mjs';

/** ms that the guide waits to see whether a Disconnected is a move. */
const GRACE = 5_000;

/** Resolves when the connection is ready. */
export async function join(gateway, { guildId, channelId, userId }, { recipe }) {
  const adapterCreator = djsAdapter(gateway, userId);
  const connection = joinVoiceChannel({ guildId, channelId, adapterCreator, daveEncryption: false });
  // Without a listener, an error of the connection would end the process.
  connection.on('error', () => undefined);
  await entersState(connection, VoiceConnectionStatus.Ready, 10_000);
  if (recipe) connection.on(VoiceConnectionStatus.Disconnected, () => void comeBack(connection));
  const player = createAudioPlayer();
  connection.subscribe(player);
  return {
    play: (frames) => {
      const source = Readable.from((function* () { for (const frame of frames) yield Buffer.from(frame); })()); // prettier-ignore
      player.play(createAudioResource(source, { inputType: StreamType.Opus, inlineVolume: false }));
    },
    state: () => connection.state.status,
    leave: () => connection.state.status !== VoiceConnectionStatus.Destroyed && connection.destroy(),
  };
}

/** Waits whether the connection continues by itself, as after a move; otherwise makes it join again. */
async function comeBack(connection) {
  const patience = AbortSignal.timeout(GRACE);
  try {
    await Promise.race(
      [VoiceConnectionStatus.Signalling, VoiceConnectionStatus.Connecting].map((status) => once(connection, status, { signal: patience })),
    );
  } catch {
    if (connection.state.status === VoiceConnectionStatus.Disconnected) connection.rejoin();
  }
}
