/** `rxvoice serve --discord`: a simulated Discord with one guild, and a member in it who listens, and says the given texts. */
import { defer, filter, ignoreElements, map, merge, mergeMap, Observable } from 'rxjs';
import {
  isMemberError,
  startDiscord,
  type DiscordEvent,
  type GuildOptions,
  type LoopbackDiscord,
  type LoopbackVoiceServer,
  type Member,
} from '../../server/index.js';
import { CommandFailed } from '../command.js';
import { portRefusal } from './port-refusal.js';

/**
 * Facts in addition to those of the voice server: `discord` is an event of `startDiscord()`, `message` was written or edited, `unsaid` is why the
 * member could not say a text, or got no answer.
 */
export type DiscordFact =
  | { readonly type: 'discord'; readonly event: DiscordEvent }
  | { readonly type: 'message'; readonly author: string; readonly content: string }
  | { readonly type: 'unsaid'; readonly text: string; readonly why: string };

/** Where a bot connects, and how it logs in. */
export interface DiscordAddress {
  readonly gateway: string;
  readonly api: string;
  readonly token: string;
  readonly botId: string;
  readonly guildId: string;
  readonly lounge: string;
}

/** The server, and what happens on it. */
export interface DiscordPlace {
  readonly voice: LoopbackVoiceServer;
  readonly address: DiscordAddress;
  /** To be subscribed once: that makes the member join. */
  readonly facts$: Observable<DiscordFact>;
}

export interface DiscordPlaceOptions {
  /** The port of REST and main gateway. */
  readonly port: number;
  /** Whether calls are end-to-end encrypted. */
  readonly encrypted: boolean;
  /** What the member says, each text once: a command as soon as the bot has registered it, anything else when the bot is there. */
  readonly says: readonly string[];
}

/** The same each time, so that a bot needs to be configured only once. The token is valid only here: its first part is the id of the bot. */
const BOT_ID = '1001';
const TOKEN = `${Buffer.from(BOT_ID).toString('base64url')}.rxvoice.serve`;
const CHANNELS = { general: { id: '3001' }, lounge: { id: '3002', kind: 'voice' }, stage: { id: '3003', kind: 'stage' } } as const;
const GUILD: GuildOptions = { id: '2001', name: 'rxvoice', channels: CHANNELS, members: ['alice'], botMay: ['MUTE_MEMBERS'] };

/** Emits once, when it listens; unsubscribing closes it. Errors with CommandFailed if the port is not available. */
export function discordPlace$({ port, encrypted, says }: DiscordPlaceOptions): Observable<DiscordPlace> {
  return new Observable((subscriber) => {
    const starting = startDiscord({ port, token: TOKEN, botId: BOT_ID, botName: 'bot', voice: { daveVersion: encrypted ? 1 : 0 } });
    const refused = (error: NodeJS.ErrnoException): void => {
      subscriber.error(error.syscall === 'listen' ? new CommandFailed(portRefusal(port, error), { cause: error }) : error);
    };
    starting.then((discord) => subscriber.next(furnished(discord, says)), refused);
    return () => {
      // Also closes a server that is still starting. One that failed to start needs no closing.
      void starting.then((discord) => discord.close()).catch(() => undefined);
    };
  });
}

/** Adds a guild, and a member who joins. */
function furnished(discord: LoopbackDiscord, says: readonly string[]): DiscordPlace {
  const { api, gateway, token, botId, voice } = discord;
  const guild = discord.guild(GUILD);
  const [alice, lounge] = [guild.member('alice'), guild.channel('lounge')];
  const events$ = discord.events$.pipe(map((event) => ({ type: 'discord', event }) as const));
  const messages$ = discord.messages$.pipe(map(({ author, content }) => ({ type: 'message', author: author.username, content }) as const));
  const joined$ = defer(() => alice.join(lounge)).pipe(ignoreElements());
  return {
    voice,
    address: { gateway, api, token, botId, guildId: guild.id, lounge: lounge.id },
    facts$: merge(events$, messages$, said$(discord, alice, says), joined$),
  };
}

/** Tries the remaining texts each time the bot has logged in, or registered commands. Emits those that could not be said. */
function said$(discord: LoopbackDiscord, member: Member, says: readonly string[]): Observable<DiscordFact> {
  const left = new Set(says);
  const say = async (text: string): Promise<DiscordFact | undefined> => {
    left.delete(text);
    try {
      await member.say(text);
      return undefined;
    } catch (error) {
      if (!(isMemberError(error) && error.trouble === 'no-command'))
        return { type: 'unsaid', text, why: error instanceof Error ? error.message : String(error) };
      left.add(text);
      return undefined;
    }
  };
  let here = false;
  return discord.events$.pipe(
    filter((event) => {
      here ||= event.type === 'identified';
      return (
        event.type === 'identified' || (here && event.type === 'request' && event.method !== 'GET' && event.path.includes('/commands'))
      );
    }),
    mergeMap(() => Promise.all([...left].map(say))),
    mergeMap((facts) => facts.filter((fact) => fact !== undefined)),
  );
}
