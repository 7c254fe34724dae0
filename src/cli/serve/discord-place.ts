/** `rxvoice serve --discord`: a pretended Discord with one guild, and a member in it who listens, and says what she is told to. */
import { filter, mergeMap, Observable, Subscription } from 'rxjs';
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
import type { Teller } from '../report.js';
import { portRefusal } from './port-refusal.js';

/**
 * What is told of it beyond what the voice server tells: `discord` is an event of `startDiscord()`, `message` what was written or changed,
 * `unsaid` why the member could not say what she was told to, or got no answer.
 */
export type DiscordFact =
  | { readonly type: 'discord'; readonly event: DiscordEvent }
  | { readonly type: 'message'; readonly author: string; readonly content: string }
  | { readonly type: 'unsaid'; readonly text: string; readonly why: string };

/** Where a bot finds it, and what it logs in with. */
export interface DiscordAddress {
  readonly api: string;
  readonly token: string;
  readonly botId: string;
  readonly guildId: string;
  readonly lounge: string;
}

export interface DiscordPlaceOptions {
  readonly port: number;
  readonly encrypted: boolean;
  /** What the member says, each once: a command as soon as the bot has registered it, anything else when the bot is there. */
  readonly says: readonly string[];
  readonly teller: Teller<DiscordFact>;
  readonly onListening: (address: DiscordAddress & { readonly gateway: string; readonly voice: string }) => void;
}

/** The same each time, so that a bot can be told once. The token is nobody's but this server's: its first part is the id of the bot. */
const BOT_ID = '1001';
const TOKEN = `${Buffer.from(BOT_ID).toString('base64url')}.rxvoice.serve`;
const CHANNELS = { general: { id: '3001' }, lounge: { id: '3002', kind: 'voice' }, stage: { id: '3003', kind: 'stage' } } as const;
const GUILD: GuildOptions = { id: '2001', name: 'rxvoice', channels: CHANNELS, members: ['alice'], botMay: ['MUTE_MEMBERS'] };

/** Emits its voice server once, when all is there; unsubscribing closes it. Errors with CommandFailed where the port is not to be had. */
export function discordPlace$({ port, encrypted, says, teller, onListening }: DiscordPlaceOptions): Observable<LoopbackVoiceServer> {
  return new Observable((subscriber) => {
    const told = new Subscription();
    const starting = startDiscord({ port, token: TOKEN, botId: BOT_ID, botName: 'bot', voice: { daveVersion: encrypted ? 1 : 0 } });
    const ready = async (discord: LoopbackDiscord): Promise<void> => {
      const guild = discord.guild(GUILD);
      told.add(discord.events$.subscribe((event) => teller.tell({ type: 'discord', event })));
      told.add(discord.messages$.subscribe(({ author, content }) => teller.tell({ type: 'message', author: author.username, content })));
      told.add(said$(discord, guild.member('alice'), says).subscribe((fact) => teller.tell(fact)));
      subscriber.next(discord.voice);
      const { api, gateway, token, botId } = discord;
      onListening({ api, gateway, token, botId, guildId: guild.id, lounge: guild.channel('lounge').id, voice: discord.voice.endpoint });
      await guild.member('alice').join(guild.channel('lounge'));
    };
    starting
      .then(ready)
      .catch((error: NodeJS.ErrnoException) =>
        subscriber.error(error.syscall === 'listen' ? new CommandFailed(portRefusal(port, error), { cause: error }) : error),
      );
    return () => {
      told.unsubscribe();
      // Also one that is still on its way. Who could not start need not be closed.
      void starting.then((discord) => discord.close()).catch(() => undefined);
    };
  });
}

/** Tries what is left to be said each time the bot has come, or registered commands. Emits what could not be said. */
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
