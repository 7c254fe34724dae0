/** Connects discord.js and the bot. */
import { catchError, concat, defer, filter, finalize, from, fromEventPattern, groupBy, ignoreElements, map, mergeMap, of, takeUntil } from 'rxjs'; // prettier-ignore
import { Client, Events, GatewayIntentBits } from 'discord.js';
import { connectVoice$ } from 'rxvoice';
import { fromDiscordJs } from 'rxvoice/adapters';
import { desk, recordTo } from 'rxvoice/audio';
import { musicBot } from './bot.mjs';
import { commandOf, COMMANDS } from './commands.mjs';

/** The intents that discord.js needs for voice. */
export const INTENTS = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildVoiceStates];

/**
 * Logs in, registers the commands, and runs a music bot in each guild in which a command is given. Emits what happens, as text.
 * Completes when all bots have left after `stop$`; unsubscribing leaves at once.
 *
 * @param {object} parts
 * @param {import('discord.js').ClientOptions} [parts.client] in addition to the intents
 * @param {string} parts.token
 * @param {(song: string) => import('rxvoice/audio').TrackSource} parts.open
 * @param {(guildId: string) => string} parts.recordings the folder of a new recording
 * @param {import('rxjs').Observable<unknown>} parts.stop$
 * @param {number} [parts.lonelyMs]
 * @returns {import('rxjs').Observable<string>}
 */
export const discordBot = ({ client: options, token, open, recordings, stop$, lonelyMs = 30_000 }) =>
  defer(() => {
    const client = new Client({ intents: INTENTS, ...options });
    // Before the login, so as not to miss a gateway event.
    const gateway$ = fromDiscordJs(client);
    const logIn = async () => {
      const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
      await client.login(token);
      await ready;
      await client.application.commands.set(COMMANDS);
      return `logged in as ${client.user.username}`;
    };
    const inGuild = (asks$) => {
      const guildId = asks$.key;
      const join = (channelId) => connectVoice$(gateway$, { guildId, channelId, userId: client.user.id });
      const record = () => recordTo(recordings(guildId));
      return asks$.pipe(musicBot({ join, open, record, mixer: () => desk(), lonelyMs }));
    };
    const bots$ = interactionsOf(client).pipe(
      takeUntil(stop$),
      map(asked),
      groupBy(({ guildId }) => guildId),
      mergeMap(inGuild),
      mergeMap((fact) => (fact.type === 'answer' ? fact.to.answer(fact.text) : of(fact.text))),
    );
    return concat(defer(logIn), bots$).pipe(finalize(() => void client.destroy()));
  });

/** Slash commands in guilds. */
function interactionsOf(client) {
  return fromEventPattern(
    (listener) => client.on(Events.InteractionCreate, listener),
    (listener) => client.off(Events.InteractionCreate, listener),
  ).pipe(filter((interaction) => interaction.isChatInputCommand() && interaction.inCachedGuild()));
}

/** A command, with a function that answers it. It is deferred at once: Discord waits for 3 s, but joining and closing files may take longer. */
function asked(interaction) {
  const deferred = interaction.deferReply();
  // An error is reported with the answer. If no answer is given, because the bot was stopped, the error must not crash the process.
  deferred.catch(() => undefined);
  const tried = (sent) => from(sent).pipe(ignoreElements(), catchError((error) => of(`cannot answer: ${error.message}`))); // prettier-ignore
  // Answers repeat what a member has typed, which must not mention everyone.
  const answer = (content) => tried(deferred.then(() => interaction.editReply({ content, allowedMentions: { parse: [] } })));
  return { ...commandOf(interaction), guildId: interaction.guildId, answer };
}
