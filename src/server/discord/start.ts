/** Connects the parts of a simulated Discord. */
import { filter, map, type Observable } from 'rxjs';
import { nodeTransports } from '../../net/transports.js';
import type { Snowflake } from '../../types.js';
import { startVoiceServer, type LoopbackVoiceServer } from '../server.js';
import type { GatewayContext } from './gateway/context.js';
import { applicationFlags } from './gateway/dispatches.js';
import { createGatewayFaults, type GatewayFaults } from './gateway/faults.js';
import { serveGateway } from './gateway/port.js';
import { ShardSessions } from './gateway/sessions.js';
import { EventLog, type DiscordEvent } from './plain/events.js';
import { listen } from './plain/listen.js';
import { resolveDiscordOptions, type DiscordOptions, type DiscordSettings } from './plain/options.js';
import { SessionIds } from './plain/session-ids.js';
import { Snowflakes } from './plain/snowflakes.js';
import { Api } from './rest/api.js';
import { RestRefusals, type RestFaults } from './rest/faults.js';
import { RateLimits } from './rest/rate-limits.js';
import { allRoutes } from './rest/routes/index.js';
import { buildGuild, type GuildOptions } from './verbs/build-guild.js';
import type { GuildHandle } from './verbs/guild.js';
import type { Guild } from './verbs/handles.js';
import { voiceGuilds } from './voice/guild-source.js';
import { VoiceBridge } from './voice/voice-bridge.js';
import type { MessagePayload } from './world/message-payloads.js';
import type { UserRecord } from './world/records.js';
import { World } from './world/world.js';

/** A running simulated Discord: REST and the bot gateway on one port of 127.0.0.1, and a voice server. */
export interface LoopbackDiscord {
  /** The URL of REST, without a version: `http://localhost:PORT/api`. If a client wants a host only, see {@link LoopbackDiscord.port}. */
  readonly api: string;
  /** The URL of the bot gateway: `ws://localhost:PORT`. Clients get it from `gateway/bot`. */
  readonly gateway: string;
  /** The port of both. */
  readonly port: number;
  /** The bot's token. Treat it as a secret. */
  readonly token: string;
  /** The bot's id, which is also the application's. */
  readonly botId: Snowflake;
  /** Adds a new guild with the bot in it, and dispatches GUILD_CREATE. @throws RangeError for an id that is taken */
  guild(options?: GuildOptions): Guild;
  /** The voice server: its packets, counters, and all its faults. Change guilds, channels and members by their own handles. */
  readonly voice: LoopbackVoiceServer;
  /** Injects faults of the bot gateway and of REST. */
  readonly faults: { readonly gateway: GatewayFaults; readonly rest: RestFaults };
  /** All events. Hot; completes on close. */
  readonly events$: Observable<DiscordEvent>;
  /** Every message written or edited, by the bot or by members, except ephemeral ones. Hot; completes on close. */
  readonly messages$: Observable<MessagePayload>;
  /** Breaks every connection; resolves when no socket and no timer is left. May be called again. */
  close(): Promise<void>;
}

/** The number of bytes in a token's secret part. */
const SECRET_BYTES = 27;

/**
 * Starts a Discord on loopback that whole bots can log in to, with their own client library: REST, the bot gateway and voice. A bot with a
 * fault gets the same refusals as from Discord.
 *
 * @throws RangeError for an option out of range; the error of node when a port cannot be bound or the TLS identity is unusable
 */
export async function startDiscord(options: DiscordOptions = {}): Promise<LoopbackDiscord> {
  const settings = resolveDiscordOptions(options);
  const events = new EventLog();
  const ids = new SessionIds();
  const world = createWorld(settings);
  const token = settings.token ?? newToken(world.bot.id, settings);
  const { tls, host } = settings;
  const server = await startVoiceServer({
    ...settings.voice,
    ...(tls === undefined ? {} : { tls }),
    host,
    guilds: voiceGuilds(world, ids),
  });
  const voice = new VoiceBridge(world, server, events);
  const port = await listen(tls, settings.port).catch(async (error: unknown) => {
    await voice.close();
    throw error;
  });

  const [http, ws] = tls === undefined ? ['http', 'ws'] : ['https', 'wss'];
  const gateway = `${ws}://${host}:${port.number}`;
  const sessions = new ShardSessions({ world, voice, events, ids, settings, url: () => gateway });
  const context: GatewayContext = {
    world,
    voice,
    events,
    sessions,
    settings,
    token,
    connections: new Set(),
    faults: { heartbeatsIgnored: false },
  };
  const closeGateway = serveGateway(port.server, context);
  const refusals = new RestRefusals();
  const limits = settings.rateLimits ? new RateLimits(() => performance.now(), settings.wallClock) : undefined;
  const routes = allRoutes({
    world, voice, settings, applicationFlags: applicationFlags(settings.privilegedIntents),
    gatewayUrl: () => gateway, sessionsBegun: () => sessions.begun,
  }); // prettier-ignore
  const api = new Api({ routes, token, events, refusals, limits });
  port.server.on('request', (request, response) => void api.serve(request, response));

  const transports = nodeTransports(tls === undefined ? {} : { tls: { ca: tls.cert, rejectUnauthorized: true } });
  const verbs = { world, voice, settings, transports };
  const guilds: GuildHandle[] = [];
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    for (const guild of guilds) guild.leaveAll();
    sessions.close();
    world.complete();
    closeGateway();
    await port.close();
    await voice.close();
    events.complete();
  };
  return {
    api: `${http}://${host}:${port.number}/api`,
    gateway,
    port: port.number,
    token,
    botId: world.bot.id,
    guild: (made = {}) => {
      const guild = buildGuild(verbs, made);
      guilds.push(guild);
      return guild;
    },
    voice: server,
    faults: { gateway: createGatewayFaults(context), rest: refusals },
    events$: events.events$,
    messages$: world.dispatches$.pipe(
      filter(({ t }) => t === 'MESSAGE_CREATE' || t === 'MESSAGE_UPDATE'),
      map(({ d }) => d as MessagePayload),
    ),
    close: () => (closing ??= close()),
  };
}

function createWorld({ wallClock, botId, botName }: DiscordSettings): World {
  const ids = new Snowflakes(wallClock);
  const bot: UserRecord = { id: botId ?? ids.next(), username: botName, globalName: null, bot: true };
  const owner: UserRecord = { id: ids.next(), username: 'owner', globalName: null, bot: false };
  return new World(ids, bot, owner);
}

/** In the form of real tokens, because some clients read the bot's id from it. */
function newToken(botId: Snowflake, { random, wallClock }: DiscordSettings): string {
  const time = Buffer.alloc(4);
  time.writeUInt32BE(Math.trunc(wallClock() / 1_000) >>> 0);
  const secret = Buffer.from(random(SECRET_BYTES));
  return [Buffer.from(botId).toString('base64url'), time.toString('base64url'), secret.toString('base64url')].join('.');
}
