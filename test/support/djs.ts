/** `@discordjs/voice` as a peer: joined through its own adapter interface, unpatched, with or without its own DAVE. */
import './djs-sodium.mjs';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import {
  AudioPlayerStatus,
  createAudioPlayer,
  createAudioResource,
  EndBehaviorType,
  entersState,
  joinVoiceChannel,
  NoSubscriberBehavior,
  StreamType,
  VoiceConnectionStatus,
  type AudioReceiveStream,
  type DiscordGatewayAdapterCreator,
  type VoiceConnection,
} from '@discordjs/voice';
import { Subscription } from 'rxjs';
import type { GatewayPort, OpusFrame, Snowflake, VoiceStateCommand } from '../../src/index.js';

/** ms until a state that never comes is a failure. */
const PATIENCE = 10_000;

export interface DjsTarget {
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
  readonly userId: Snowflake;
}

export interface DjsOptions {
  /** Whether it offers end-to-end encryption. Default false; its own default is true. */
  readonly dave?: boolean;
}

/** A joined connection, and what the tests do with it. */
export class DjsClient {
  readonly #held = new Subscription();

  private constructor(readonly connection: VoiceConnection) {}

  /** Joins and waits until the connection is ready. */
  static async join(gateway: GatewayPort, target: DjsTarget, { dave = false }: DjsOptions = {}): Promise<DjsClient> {
    const { guildId, channelId, userId } = target;
    const adapterCreator = djsAdapter(gateway, userId);
    // Connections are kept by guild and group in a table of the process: a group of its own keeps users apart.
    const options = { group: userId, selfDeaf: false, daveEncryption: dave };
    const connection = joinVoiceChannel({ guildId, channelId, adapterCreator, ...options });
    const client = new DjsClient(connection);
    await client.ready();
    return client;
  }

  async ready(): Promise<void> {
    await entersState(this.connection, VoiceConnectionStatus.Ready, PATIENCE);
  }

  /** Plays pre-encoded frames through an AudioPlayer; resolves when the last, and its silence, were sent. */
  async play(frames: Iterable<OpusFrame>): Promise<void> {
    const player = createAudioPlayer({ behaviors: { noSubscriber: NoSubscriberBehavior.Pause } });
    const failed = new Promise<never>((_, reject) => player.once('error', reject));
    const idle = once(player, AudioPlayerStatus.Idle);
    this.connection.subscribe(player);
    player.play(createAudioResource(djsSource(frames), { inputType: StreamType.Opus, inlineVolume: false }));
    await Promise.race([idle, failed]);
  }

  /** The packets of a user, from when djs knows whose SSRC is whose: what comes before, it throws away. */
  async hear(userId: Snowflake): Promise<AudioReceiveStream> {
    const { receiver } = this.connection;
    while (receiver.ssrcMap.get(userId) === undefined) await once(receiver.ssrcMap, 'create');
    const stream = receiver.subscribe(userId, { end: { behavior: EndBehaviorType.Manual } });
    this.#held.add(() => stream.destroy());
    return stream;
  }

  leave(): void {
    this.#held.unsubscribe();
    if (this.connection.state.status !== VoiceConnectionStatus.Destroyed) this.connection.destroy();
  }
}

/** djs' side of a bot gateway, made of ours. */
export function djsAdapter(gateway: GatewayPort, userId: Snowflake): DiscordGatewayAdapterCreator {
  return ({ onVoiceServerUpdate, onVoiceStateUpdate }) => {
    const events = gateway.subscribe(({ t, d }) => {
      if (t === 'VOICE_SERVER_UPDATE') onVoiceServerUpdate(d as Parameters<typeof onVoiceServerUpdate>[0]);
      if (t === 'VOICE_STATE_UPDATE' && (d as { readonly user_id: Snowflake }).user_id === userId)
        onVoiceStateUpdate(d as Parameters<typeof onVoiceStateUpdate>[0]);
    });
    return {
      sendPayload: (payload: VoiceStateCommand) => {
        gateway.next(payload);
        return true;
      },
      destroy: () => events.unsubscribe(),
    };
  };
}

/** What `StreamType.Opus` wants: one packet a read, as a Buffer. */
function djsSource(frames: Iterable<OpusFrame>): Readable {
  return Readable.from((function* () {
    for (const frame of frames) yield Buffer.from(frame);
  })()); // prettier-ignore
}
