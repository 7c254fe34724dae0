/**
 * A bot gateway and voice servers in memory and in virtual time, for `connectVoice$` in a marble test. Every answer takes one round trip, 10 ms by
 * default, so a diagram shows where the time is spent. It uses the same protocol code as the real connection, including the encrypted datagrams; only
 * the sockets are missing.
 */
import { checkWorld } from './check-world.js';
import type { VoiceOptions } from '../../driver/options.js';
import { fakeDave } from '../dave/fake-dave.js';
import type { Snowflake } from '../../types.js';
import { heard$ } from './deeds.js';
import { GuildCall } from './guild-call.js';
import type { Journal } from './journal.js';
import type { Seat } from './seat.js';
import { VirtualBot } from './virtual-bot.js';
import type { VirtualGuild, VirtualVoice, VirtualVoiceOptions } from './virtual-world.js';
import { VIRTUAL_IDS } from './voice-state.js';
import { World } from './world.js';

/**
 * Makes a simulated world around a bot, in virtual time: pass its `gateway` and its `options` to `connectVoice$`.
 *
 * @throws VoiceOptionsError for a wrong option, and without a scheduler
 */
export function virtualVoice(options: VirtualVoiceOptions): VirtualVoice {
  checkWorld(options);
  return new VirtualUniverse(options).voice(VIRTUAL_IDS.userId);
}

/** The channel of a bot. */
export interface BotPlace {
  readonly userId: Snowflake;
  readonly guildId: Snowflake;
  readonly channelId: Snowflake;
}

/** What bots have left behind in a world. */
export interface Remains {
  /** The channels that bots are still in. */
  readonly behind: readonly BotPlace[];
  /** Bots whose gateway is still subscribed to. */
  readonly listening: readonly Snowflake[];
}

/** All guilds and all bots of one world. */
export class VirtualUniverse {
  readonly world: World;
  readonly #guilds = new Map<Snowflake, GuildCall>();
  readonly #bots = new Map<Snowflake, { readonly bot: VirtualBot; readonly voice: VirtualVoice }>();

  /** @param journal records all events, for the rules; leave it out otherwise, because a day of audio is four million packets */
  constructor(options: VirtualVoiceOptions, journal?: Journal) {
    this.world = new World(options, journal);
  }

  get bots(): VirtualBot[] {
    return [...this.#bots.values()].map(({ bot }) => bot);
  }

  /** The state to check at the end. */
  get remains(): Remains {
    const behind = this.bots.flatMap((bot) =>
      [...bot.seats].flatMap(({ guildId, present }) => (present === null ? [] : [{ userId: bot.userId, guildId, channelId: present }])),
    );
    const listening = this.bots.filter(({ observed }) => observed).map(({ userId }) => userId);
    return { behind, listening };
  }

  guild(guildId: Snowflake): GuildCall {
    return remembered(this.#guilds, guildId, () => new GuildCall(this.world, guildId));
  }

  /** The world as this bot sees it. */
  voice(userId: Snowflake): VirtualVoice {
    return remembered(this.#bots, userId, () => {
      const bot = new VirtualBot({ world: this.world, guild: (guildId) => this.guild(guildId), bots: () => this.bots }, userId);
      return { bot, voice: voiceOf(this, bot) };
    }).voice;
  }
}

function remembered<T>(known: Map<Snowflake, T>, id: Snowflake, make: () => T): T {
  let value = known.get(id);
  if (value === undefined) known.set(id, (value = make()));
  return value;
}

function voiceOf(universe: VirtualUniverse, bot: VirtualBot): VirtualVoice {
  const { world } = universe;
  const { gateway, transports, commands$, deeds$, frames$, packets$, sockets$ } = bot;
  return {
    ...verbsOf(universe, () => bot.current),
    gateway,
    transports,
    options: optionsOf(world, bot),
    commands$,
    deeds$,
    heard$: heard$(packets$),
    frames$,
    packets$,
    sockets$,
    dispatch: (t, d) => bot.tell(t, d),
    reidentify: (sessionId) => {
      bot.sessionId = sessionId;
      bot.dispatch('READY', { session_id: 'gateway', shard: [0, 1] });
    },
    endGateway: (error) => bot.endGateway(error),
    silence: (...silent) => world.silence(silent),
    guild: (guildId) => guildOf(universe, bot.seat(guildId)),
    bot: (userId) => universe.voice(userId),
  };
}

function optionsOf(world: World, { transports }: VirtualBot): VoiceOptions {
  return { transports, dave: world.dave ? fakeDave() : false, random: (bytes) => new Uint8Array(bytes).fill(128) };
}

function guildOf(universe: VirtualUniverse, seat: Seat): VirtualGuild {
  const { frames$, packets$, sockets$ } = seat;
  return { ...verbsOf(universe, () => seat), frames$, packets$, sockets$ };
}

function verbsOf(universe: VirtualUniverse, seat: () => Seat): Omit<VirtualGuild, 'frames$' | 'packets$' | 'sockets$'> {
  const members = () => universe.guild(seat().guildId).members;
  return {
    nameServer: (endpoint) => seat().nameServer(endpoint),
    kick: () => seat().kick(),
    join: (userId, client) => members().join(userId, client),
    leave: (userId) => members().leave(userId),
    speak: (userId, frames, speech = {}) => members().speak(userId, frames, speech),
    close: (code) => seat().close(code),
    say: (op, d, seq) => seat().say(op, d, seq),
    sayBinary: (op, body, seq) => seat().sayBinary(op, body, seq),
    refuseResume: (code = 4006) => seat().refuseResume(code),
    loseUdp: (error) => seat().loseUdp(error),
  };
}
