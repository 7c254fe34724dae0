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

/** ms to wait for a state before the test fails. */
const PATIENCE = 10_000;

export interface DjsTarget {
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
  readonly userId: Snowflake;
}

export interface DjsOptions {
  /** Whether djs offers end-to-end encryption. Default false; the default of djs is true. */
  readonly dave?: boolean;
}

/** A joined connection, with the operations that the tests need. */
export class DjsClient {
  readonly #held = new Subscription();

  private constructor(readonly connection: VoiceConnection) {}

  /** Joins and waits until the connection is ready. */
  static async join(gateway: GatewayPort, target: DjsTarget, { dave = false }: DjsOptions = {}): Promise<DjsClient> {
    const { guildId, channelId, userId } = target;
    const adapterCreator = djsAdapter(gateway, userId);
    // djs keeps connections in a process-wide table by guild and group; a separate group for each user keeps users apart.
    const options = { group: userId, selfDeaf: false, daveEncryption: dave };
    const connection = joinVoiceChannel({ guildId, channelId, adapterCreator, ...options });
    const client = new DjsClient(connection);
    await client.ready();
    return client;
  }

  async ready(): Promise<void> {
    await entersState(this.connection, VoiceConnectionStatus.Ready, PATIENCE);
  }

  /** Plays pre-encoded frames through an AudioPlayer; resolves when the last frame and the silence after it were sent. */
  async play(frames: Iterable<OpusFrame>): Promise<void> {
    const player = createAudioPlayer({ behaviors: { noSubscriber: NoSubscriberBehavior.Pause } });
    const failed = new Promise<never>((_, reject) => player.once('error', reject));
    const idle = once(player, AudioPlayerStatus.Idle);
    this.connection.subscribe(player);
    player.play(createAudioResource(djsSource(frames), { inputType: StreamType.Opus, inlineVolume: false }));
    await Promise.race([idle, failed]);
  }

  /** The packets of a user. djs drops packets that arrive before it knows the user's SSRC. */
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

/** Makes the gateway adapter that djs requires from a `GatewayPort`. */
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

/** The format that `StreamType.Opus` expects: one packet per read, as a Buffer. */
function djsSource(frames: Iterable<OpusFrame>): Readable {
  return Readable.from((function* () {
    for (const frame of frames) yield Buffer.from(frame);
  })()); // prettier-ignore
}
