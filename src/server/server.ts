/** Connects the parts of a loopback voice server. */
import type { Observable } from 'rxjs';
import { prepareMode } from '../crypto/seal.js';
import type { GatewayPort } from '../gateway/port.js';
import type { Snowflake } from '../types.js';
import { ControlConnections } from './control/connections.js';
import { createControlFaults } from './control/faults.js';
import type { FlowCounters, ServerCounters } from './counters.js';
import type { DaveCall } from './dave/index.js';
import { EventLog, type ServerEvent } from './events.js';
import type { ServerFaults } from './faults/server-faults.js';
import { FaultState } from './faults/state.js';
import { Announcements } from './gateway/announcements.js';
import { BotGateways } from './gateway/bot-gateways.js';
import { createSignallingFaults } from './gateway/faults.js';
import type { VoiceServerEvent, VoiceStateEvent } from './gateway/payloads.js';
import { Signalling } from './gateway/signalling.js';
import { TaskQueue } from './gateway/task-queue.js';
import { createMachineFaults } from './machine/faults.js';
import { PowerSwitch } from './machine/power-switch.js';
import { Regions } from './machine/regions.js';
import { createMediaFaults } from './media/faults.js';
import type { MembershipIds } from './guilds.js';
import { MediaPort } from './media/port.js';
import type { ReceptionAccount } from './media/reception-meter.js';
import { resolveOptions, type VoiceServerOptions } from './options.js';
import type { SuspicionCounters } from './rules/suspicions.js';
import { Directory } from './sessions/directory.js';
import { SessionRegistry } from './sessions/registry.js';
import { Suspicions } from './suspicions.js';
import type { ServerPacket } from './traffic/packet.js';

/** The state of an encrypted call, its event counters, and its faults. */
export type DaveView = Pick<DaveCall, 'snapshot' | 'counters' | 'faults'>;

/** A running voice server: one WebSocket port and one UDP port on 127.0.0.1, and the bot gateways of its users. */
export interface LoopbackVoiceServer {
  /** The endpoint in VOICE_SERVER_UPDATE: `ws://localhost:PORT`, or `localhost:PORT` with `tls`; the option `host` sets another host name. */
  readonly endpoint: string;
  /** An in-process bot gateway for that user, the same one each time. It answers op 4 with both events, never synchronously. */
  gateway(userId: Snowflake): GatewayPort;
  /**
   * Puts a user into a channel without a gateway. Returns the `d` of both events, with which any other Discord voice library can connect.
   * A second call gives the user a new token, and moves it if the channel differs. The gateways of others are told.
   * @throws RangeError for an id that is not a snowflake
   */
  admit(ids: MembershipIds): { readonly voiceState: VoiceStateEvent; readonly voiceServer: VoiceServerEvent };
  /** Every audio packet after transport decryption. Hot; completes on close. */
  readonly packets$: Observable<ServerPacket>;
  /** What happens at the server. Hot; completes on close. */
  readonly events$: Observable<ServerEvent>;
  /** Datagrams so far. */
  readonly counters: ServerCounters;
  /** How often each suspicious behaviour was seen; see docs/server-refusals.md. The object is live: its counts go on. */
  readonly suspicions: SuspicionCounters;
  /** What happened to the audio of others on its way to this user, by sender. The map is live: its counts go on. */
  accounting(receiverId: Snowflake): ReadonlyMap<Snowflake, FlowCounters>;
  /**
   * How the audio of a user has arrived, in the user's current voice session: the figures of the receiver reports to that client. Undefined
   * before its first packet.
   */
  reception(userId: Snowflake): ReceptionAccount | undefined;
  readonly faults: ServerFaults;
  /** The end-to-end encryption of a channel's call, as its delivery service sees it; undefined if the call has none. */
  dave(guildId: Snowflake, channelId: Snowflake): DaveView | undefined;
  /** Closes every connection and completes every stream; resolves when no socket and no timer is left. May be called more than once. */
  close(): Promise<void>;
}

/**
 * Starts a voice server on loopback that behaves like Discord's, so that a client with a fault fails here too. It has gateway versions 4
 * to 9, the current and the former transport modes, buffered resume, and DAVE, and forwards audio between the members of a channel.
 *
 * @throws RangeError for an option out of range; the error of node if a port cannot be bound or the TLS identity is unusable
 */
export async function startVoiceServer(options: VoiceServerOptions = {}): Promise<LoopbackVoiceServer> {
  const settings = resolveOptions(options);
  await Promise.all(settings.modes.map(prepareMode));
  const regions = await Regions.open(settings.tls, settings.host, settings.scheduler);

  const faults = new FaultState(settings.eventOrder);
  const events = new EventLog(settings.now);
  const suspicions = new Suspicions(events, settings.strict);
  const directory = new Directory(settings);
  const registry = new SessionRegistry(settings, events);
  const media = new MediaPort({ settings, registry, faults, events, suspicions });
  const tasks = new TaskQueue(settings.scheduler);
  const gateways = new BotGateways((userId, command) => signalling.command(userId, command));
  const announcements = new Announcements({ directory, regions, gateways, tasks, faults });
  const signalling = new Signalling({ directory, registry, announcements, tasks, faults, events, regions, settings });

  const connections = new ControlConnections({ settings, directory, registry, faults, events, suspicions, regions });
  regions.serve((region) => {
    media.serve(region.udp);
    connections.serve(region.control, region);
  });
  const afterCrash = (): void => signalling.afterCrash();
  const power = new PowerSwitch({ regions, registry, connections, events, scheduler: settings.scheduler, onBack: afterCrash });

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    tasks.stop();
    connections.drop();
    registry.dispose();
    media.close();
    await power.dispose();
    await regions.close();
    events.complete();
    gateways.complete();
    // libuv releases a closed handle at the end of an event loop iteration: after two iterations, none is left.
    for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
  };
  return {
    endpoint: regions.home.control.endpoint,
    gateway: (userId) => gateways.port(userId),
    admit: (ids) => signalling.admit(ids),
    packets$: media.packets.asObservable(),
    events$: events.events$,
    counters: media.counters,
    suspicions: suspicions.counters,
    accounting: (receiverId) => media.accounting(receiverId),
    reception: (userId) => media.reception(userId),
    faults: {
      ...createControlFaults({ state: faults, registry, connections }),
      ...createMediaFaults({ state: faults, media }),
      ...createSignallingFaults({ state: faults, directory, signalling }),
      ...createMachineFaults({ registry, power, afterCrash }),
    },
    dave: (guildId, channelId) => registry.call(guildId, channelId)?.dave,
    close: () => (closing ??= close()),
  };
}
