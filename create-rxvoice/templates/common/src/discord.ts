/** Discord, as far as this bot needs it: the gateway as a port, and slash commands as a stream. All that is discord.js is in here. */
import { existsSync } from 'node:fs';
import { Client, Events, GatewayIntentBits, type ChatInputCommandInteraction, type Interaction } from 'discord.js';
import { fromEventPattern, map, filter, type Observable } from 'rxjs';
import type { GatewayPort } from 'rxvoice';
import { fromDiscordJs } from 'rxvoice/adapters';

/** A slash command that somebody gave. */
export interface Ask {
  readonly name: string;
  readonly guildId: string;
  /** The voice channel that the member is in, or null. */
  readonly channelId: string | null;
  /** What stands in the option of that name; '' if nothing does. */
  option(name: string): string;
  /** The one answer, which the member alone sees. */
  answer(text: string): void;
}

/** A slash command that the bot has. */
export interface Command {
  readonly name: string;
  readonly description: string;
  /** A text that has to be given. */
  readonly option?: { readonly name: string; readonly description: string };
}

export interface Discord {
  readonly gateway$: GatewayPort;
  /** The bot's own id. */
  readonly userId: string;
  readonly asks$: Observable<Ask>;
  close(): Promise<void>;
}

/** Logs in, and says which commands there are. */
export async function login(token: string, commands: readonly Command[]): Promise<Discord> {
  const client = new Client({ intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildVoiceStates] });
  const gateway$ = fromDiscordJs(client);
  const ready = new Promise<string>((resolve) => client.once(Events.ClientReady, ({ user }) => resolve(user.id)));
  await client.login(token);
  const userId = await ready;
  await client.application?.commands.set(
    commands.map(({ name, description, option }) => ({
      name,
      description,
      options: option === undefined ? [] : [{ type: 3, required: true, ...option }],
    })),
  );
  const interactions$ = fromEventPattern<Interaction>(
    (listener) => client.on(Events.InteractionCreate, listener),
    (listener) => client.off(Events.InteractionCreate, listener),
  );
  const asks$ = interactions$.pipe(
    filter(
      (interaction): interaction is ChatInputCommandInteraction<'cached'> =>
        interaction.isChatInputCommand() && interaction.inCachedGuild(),
    ),
    map((interaction) => ({
      name: interaction.commandName,
      guildId: interaction.guildId,
      channelId: interaction.member.voice.channelId,
      option: (name: string) => interaction.options.getString(name) ?? '',
      answer: (text: string) => void interaction.reply({ content: text, flags: 64 }).catch(console.error),
    })),
  );
  return { gateway$, userId, asks$, close: () => client.destroy() };
}

/** The token, or an end with a sentence that says where it comes from. */
export function token(): string {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const { DISCORD_TOKEN } = process.env;
  if (DISCORD_TOKEN) return DISCORD_TOKEN;
  console.error(
    'There is no DISCORD_TOKEN: copy .env.example to .env, and put the token of your bot in. Without one there is npm run rehearse.',
  );
  process.exit(1);
}
