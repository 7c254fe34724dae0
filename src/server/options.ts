/** The options of a loopback voice server, and the defaults. */
import { randomBytes } from 'node:crypto';
import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { isEncryptionMode, type EncryptionMode } from '../protocol/encryption-modes.js';
import { GATEWAY_VERSIONS, LATEST_GATEWAY_VERSION, type VoiceGatewayVersion } from '../protocol/opcodes.js';
import { isSnowflake } from '../protocol/payloads.js';
import type { DaveCallOptions } from './dave/index.js';
import { withDefaults } from './defaults.js';
import type { EventOrder } from './faults/signalling.js';
import { resolveForwarding, type ForwardingOptions } from './traffic/forwarding.js';
import type { VoiceGuilds } from './guilds.js';
import type { Snowflake } from '../types.js';
import { isWhole } from './whole-number.js';

/** A private key and its certificate, both PEM texts. */
export interface TlsIdentity {
  readonly key: string;
  readonly cert: string;
}

/** What the others are told about a member's client. Source: docs.discord.food, Voice Connections. */
export interface ClientTraits {
  /** Opcode 18: 1 clips, 2 voice recording, 4 clips by any viewer. */
  readonly flags: number | null;
  /** Opcode 20: 0 desktop, 1 mobile, 2 Xbox, 3 PlayStation. */
  readonly platform: number | null;
}

/** Options of `startVoiceServer`; every one has a default, see {@link DEFAULT_SERVER_OPTIONS}. */
export interface VoiceServerOptions {
  /** Serve `wss:` with this identity; the endpoint is then a bare `localhost:PORT`. Default: plain `ws:`. */
  readonly tls?: TlsIdentity;
  /** The host in the endpoint; it must resolve to 127.0.0.1. Default `localhost`: Discord uses a name too, and JDA fails with an IP address. */
  readonly host?: string;
  /**
   * The transport modes in Ready, in that order. Default: the two that Discord supports, AES-256-GCM first. It refuses the xsalsa20 modes with 4016
   * since November 2024; a self-hosted server may have them.
   */
  readonly modes?: readonly EncryptionMode[];
  /** ms; `heartbeat_interval` of Hello. A socket that is silent for 1.5 times that plus 2 s is closed with 4009. Default 13 750. */
  readonly heartbeatInterval?: number;
  /** The highest voice gateway version; a client may ask for a lower one. Default 8, as documented; 9 adds `channel_id`. */
  readonly version?: VoiceGatewayVersion;
  /**
   * The highest DAVE version of the calls. 0: no call is end-to-end encrypted, as in stage channels. 1: every call is, as
   * everywhere else at Discord. Default 0, so that `packets$` shows the Opus packets.
   */
  readonly daveVersion?: 0 | 1;
  /**
   * How a client without DAVE is handled if calls are encrypted: it is closed with 4017, as at Discord since March 2026, or the call continues
   * unencrypted until it leaves. Default `refuse`.
   */
  readonly withoutDave?: 'refuse' | 'downgrade';
  /** More about encrypted calls: ids and deadlines of transitions. Default: as at Discord. */
  readonly dave?: DaveTuning;
  /**
   * Channels that are stages. Their calls are never end-to-end encrypted, whatever `daveVersion` says. Everybody joins in the audience (`suppress` in
   * the voice state), and is not forwarded until `faults.suppress(user, false)`. Default: none.
   */
  readonly stages?: readonly Snowflake[];
  /**
   * A source of facts about guilds: which channels are stages, what moderators have decided, and the session ids of bot gateways. `startDiscord` has
   * one. Default: none.
   */
  readonly guilds?: VoiceGuilds;
  /** What opcodes 18 and 20 tell the others about a user. Default: flags 0, and no platform. */
  readonly clients?: (userId: Snowflake) => ClientTraits;
  /** ms that a session outlives its socket and can be resumed. Default 60 000. */
  readonly resumeWindow?: number;
  /** ms that an open socket may take until Identify or Resume; then 4003. Default 10 000. */
  readonly identifyTimeout?: number;
  /**
   * ms that audio may be sent before the first Speaking; then 4020. The two use different sockets, so the first packet may overtake the Speaking that
   * was sent before it. Default 250.
   */
  readonly speakingGrace?: number;
  /** Numbered messages kept for a resume, per session, 1 to 32 767. Default 1000. */
  readonly replayLimit?: number;
  /** Send the replayed messages of a resume before Resumed instead of after it: Discord documents no order. Default false. */
  readonly replayBeforeResumed?: boolean;
  /** `seq` of a session's first numbered message, 0 to 65 535. Default 1. */
  readonly firstSequence?: number;
  /**
   * Whether members of a call get a VOICE_SERVER_UPDATE, with a new token, when the voice server has crashed, or is back after going down. Discord is
   * said to send one, and koe, Lavalink and songbird cannot recover without it. Default `voice-server-update`.
   */
  readonly afterCrash?: 'voice-server-update' | 'nothing';
  /**
   * The answer to an op 4 that changes nothing: the user's current channel, with the current flags. Either a VOICE_SERVER_UPDATE follows the voice
   * state, or not. discord.py, py-cord and discordgo wait for one, and @discordjs/voice recovers from most faults by it. Default
   * `voice-server-update`.
   */
  readonly sameChannel?: 'voice-server-update' | 'voice-state-update';
  /**
   * How an Identify with the token of an ended session is answered: refused with this code, or accepted, which Lavalink clients rely on when they
   * move a player from node to node. Default 4006, as was observed.
   */
  readonly tokenReuse?: 4004 | 4006 | 'accept';
  /** Whether tokens used before a crash, or before the server went down, are valid again after it. Default `refuse`. */
  readonly tokenAfterRestart?: 'refuse' | 'accept';
  /** Whether suspicious behaviour is refused, see docs/server-refusals.md. Default false: it is only an event, and counted. */
  readonly strict?: boolean;
  /** Bytes buffered for a client that does not read its WebSocket; above that the connection breaks, to be resumed. Default 4 MiB. */
  readonly sendQueue?: number;
  /** Default `state-first`; `faults.eventOrder` changes it later. */
  readonly eventOrder?: EventOrder;
  /** How audio is forwarded; `realTraffic` is a good start. `faults.forwarding` changes it later. Default: byte for byte. */
  readonly forwarding?: ForwardingOptions;
  /** Source of tokens, session ids, keys and nonces. Default: node:crypto. */
  readonly random?: (bytes: number) => Uint8Array;
  /** Milliseconds, monotonic: `at` of events and `arrival` of packets. Default `performance.now`. */
  readonly now?: () => number;
  /** Milliseconds since 1970, for RTCP sender reports. Default `Date.now`. */
  readonly wallClock?: () => number;
  /** Runs every timer, and the delivery of gateway events. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** Ids and deadlines of end-to-end encrypted calls; see {@link DaveCallOptions} for each. */
export type DaveTuning = Pick<DaveCallOptions, 'firstTransitionId' | 'transitionTimeout' | 'stallTimeout' | 'removeGrace'>;

/** The options with every default filled in. */
export interface ServerSettings extends Required<Omit<VoiceServerOptions, 'tls' | 'forwarding' | 'guilds'>> {
  /** Null: byte for byte. */
  readonly forwarding: ForwardingOptions | null;
  readonly tls: TlsIdentity | undefined;
  readonly guilds: VoiceGuilds | undefined;
}

/** The defaults of a server. */
export const DEFAULT_SERVER_OPTIONS = {
  tls: undefined,
  host: 'localhost',
  modes: ['aead_aes256_gcm_rtpsize', 'aead_xchacha20_poly1305_rtpsize'],
  heartbeatInterval: 13_750,
  version: LATEST_GATEWAY_VERSION,
  daveVersion: 0,
  withoutDave: 'refuse',
  dave: {},
  stages: [],
  guilds: undefined,
  clients: () => ({ flags: 0, platform: null }),
  resumeWindow: 60_000,
  identifyTimeout: 10_000,
  speakingGrace: 250,
  replayLimit: 1_000,
  replayBeforeResumed: false,
  firstSequence: 1,
  afterCrash: 'voice-server-update',
  sameChannel: 'voice-server-update',
  tokenReuse: 4006,
  tokenAfterRestart: 'refuse',
  strict: false,
  sendQueue: 4 * 1024 * 1024,
  eventOrder: 'state-first',
  forwarding: null,
  random: randomBytes,
  now: () => performance.now(),
  wallClock: () => Date.now(),
  // Cast so that the published types do not name a file within rxjs.
  scheduler: asyncScheduler as SchedulerLike,
} as const satisfies ServerSettings;

/** A name, or an IPv4 address. */
const HOST = /^[a-z\d.-]+$/i;

/** Fills in the defaults. @throws RangeError for an invalid value */
export function resolveOptions(options: VoiceServerOptions): ServerSettings {
  const settings = withDefaults<ServerSettings>(DEFAULT_SERVER_OPTIONS, options);
  check(settings.modes.length > 0 && settings.modes.every(isEncryptionMode), 'modes', 'at least one known mode');
  check(GATEWAY_VERSIONS.includes(settings.version), 'version', '4 to 9');
  check(settings.daveVersion === 0 || settings.daveVersion === 1, 'daveVersion', '0 or 1');
  check(HOST.test(settings.host), 'host', 'the name of a host, without scheme and port');
  check(['voice-server-update', 'nothing'].includes(settings.afterCrash), 'afterCrash', 'voice-server-update or nothing');
  check(['voice-server-update', 'voice-state-update'].includes(settings.sameChannel), 'sameChannel', 'voice-server-update or voice-state-update');
  check([4004, 4006, 'accept'].includes(settings.tokenReuse), 'tokenReuse', '4004, 4006 or accept');
  check(['refuse', 'accept'].includes(settings.tokenAfterRestart), 'tokenAfterRestart', 'refuse or accept');
  check(settings.sendQueue > 0, 'sendQueue', 'more than 0 bytes');
  check(settings.stages.every(isSnowflake), 'stages', 'snowflakes');
  check(isWhole(settings.replayLimit, 1, 0x7fff), 'replayLimit', 'a whole number from 1 to 32767');
  check(isWhole(settings.firstSequence, 0, 0xffff), 'firstSequence', 'a whole number from 0 to 65535');
  if (settings.forwarding !== null) resolveForwarding(settings.forwarding);
  check(settings.heartbeatInterval > 0, 'heartbeatInterval', 'more than 0 ms');
  for (const name of ['resumeWindow', 'identifyTimeout', 'speakingGrace'] as const)
    check(settings[name] >= 0, name, 'at least 0 ms');
  return settings;
}

function check(holds: boolean, name: string, expected: string): void {
  if (!holds) throw new RangeError(`voice server option '${name}' must be ${expected}`);
}
