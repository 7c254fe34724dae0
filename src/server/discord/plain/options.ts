/** The options of a simulated Discord, and the defaults. */
import { randomBytes } from 'node:crypto';
import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { withDefaults } from '../../defaults.js';
import { isSnowflake } from '../../../protocol/payloads.js';
import type { TlsIdentity, VoiceServerOptions } from '../../options.js';
import { isWhole } from '../../whole-number.js';
import type { Snowflake } from '../../../types.js';
import { INTENTS, type PrivilegedIntent } from './intents.js';

/** Options of `startDiscord`; every one has a default. */
export interface DiscordOptions {
  /** The bot's token. Default: a new one. */
  readonly token?: string;
  /** The bot's id, which is also the application's. Default: a new one. */
  readonly botId?: Snowflake;
  /** Default `bot`. */
  readonly botName?: string;
  /** The port of REST and the bot gateway, on 127.0.0.1. Default 0: a free one. */
  readonly port?: number;
  /**
   * Serve `https:` and `wss:` with this identity, for clients that support nothing else: Eris' REST, and the voice of every library but rxvoice.
   * Default: plain.
   */
  readonly tls?: TlsIdentity;
  /** The host in every address sent to clients; it must resolve to 127.0.0.1. Default `localhost`. */
  readonly host?: string;
  /** Options of the voice server. Default: as `startVoiceServer` has it. */
  readonly voice?: Omit<VoiceServerOptions, 'tls' | 'host' | 'stages' | 'guilds'>;
  /** The intents that the application was granted; an Identify with another privileged intent is closed with 4014. Default: all three. */
  readonly privilegedIntents?: readonly PrivilegedIntent[];
  /** How many shards `gateway/bot` recommends. Default 1. */
  readonly shards?: number;
  /** How many shards may identify at once, as `gateway/bot` says. Default 16. At Discord it is 1 for nearly all bots, which takes 5 s a shard. */
  readonly maxConcurrency?: number;
  /** ms; `heartbeat_interval` of Hello. A WebSocket that is silent for 1.5 times that plus 2 s is closed with 4009. Default 41 250. */
  readonly heartbeatInterval?: number;
  /** ms that a session of the bot gateway outlives its WebSocket and can be resumed; then the bot leaves voice. Default 60 000. */
  readonly resumeWindow?: number;
  /** ms that the bot has for its first answer to an interaction. Default 3 000. */
  readonly answerWithin?: number;
  /** Whether REST limits rates, as Discord does: a client over the limit gets 429. Default true. */
  readonly rateLimits?: boolean;
  /** Source of tokens. Default: node:crypto. */
  readonly random?: (bytes: number) => Uint8Array;
  /** Milliseconds since 1970, used for snowflakes and times. Default `Date.now`. */
  readonly wallClock?: () => number;
  /** Runs every timer. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** The options with every default filled in. */
export interface DiscordSettings extends Required<Omit<DiscordOptions, 'tls' | 'token' | 'botId'>> {
  readonly tls: TlsIdentity | undefined;
  readonly token: string | undefined;
  readonly botId: Snowflake | undefined;
}

const DEFAULTS: DiscordSettings = {
  token: undefined,
  botId: undefined,
  botName: 'bot',
  port: 0,
  tls: undefined,
  host: 'localhost',
  voice: {},
  privilegedIntents: ['GUILD_MEMBERS', 'GUILD_PRESENCES', 'MESSAGE_CONTENT'],
  shards: 1,
  maxConcurrency: 16,
  heartbeatInterval: 41_250,
  resumeWindow: 60_000,
  answerWithin: 3_000,
  rateLimits: true,
  random: randomBytes,
  wallClock: () => Date.now(),
  scheduler: asyncScheduler as SchedulerLike,
};

/** Fills in the defaults. @throws RangeError for an invalid value */
export function resolveDiscordOptions(options: DiscordOptions): DiscordSettings {
  const settings = withDefaults<DiscordSettings>(DEFAULTS, options);
  check(settings.token === undefined || /^\S+$/.test(settings.token), 'token', 'a text without spaces');
  check(settings.botId === undefined || isSnowflake(settings.botId), 'botId', 'a snowflake');
  check(settings.botName !== '', 'botName', 'a name');
  check(isWhole(settings.port, 0, 0xffff), 'port', 'a whole number from 0 to 65535');
  check(
    settings.privilegedIntents.every((name) => name in INTENTS),
    'privilegedIntents',
    'GUILD_MEMBERS, GUILD_PRESENCES and MESSAGE_CONTENT',
  );
  check(isWhole(settings.shards, 1, 10_000), 'shards', 'a whole number from 1');
  check(isWhole(settings.maxConcurrency, 1, 10_000), 'maxConcurrency', 'a whole number from 1');
  for (const name of ['heartbeatInterval', 'answerWithin'] as const) check(settings[name] > 0, name, 'more than 0 ms');
  check(settings.resumeWindow >= 0, 'resumeWindow', 'at least 0 ms');
  return settings;
}

function check(holds: boolean, name: string, expected: string): void {
  if (!holds) throw new RangeError(`Discord option '${name}' must be ${expected}`);
}
