/** The talking bot at Discord: `npm start`. */
import { catchError, EMPTY, of, retry, switchMap } from 'rxjs';
import { voiceRetry } from 'rxvoice';
import { conversation } from './conversation.ts';
import { login, token, type Ask } from './discord.ts';
import { inEachGuild } from './guilds.ts';
import { parrot } from './mind.ts';

const discord = await login(token(), [
  { name: 'come', description: 'Comes into your voice channel, and answers who speaks' },
  { name: 'go', description: 'Leaves it' },
]);

/** The channel to be in, or null for none. */
function command(ask: Ask): { readonly channelId: string | null } {
  if (ask.name === 'come' && ask.channelId === null) ask.answer('Join a voice channel first.');
  else ask.answer(ask.name === 'come' ? 'I am all ears.' : 'Goodbye.');
  return { channelId: ask.name === 'come' ? ask.channelId : null };
}

const running = inEachGuild(discord, command, (commands$, { join }) =>
  commands$.pipe(
    switchMap(({ channelId }) =>
      channelId === null
        ? EMPTY
        : join(channelId).pipe(
            switchMap(conversation(parrot)),
            retry(voiceRetry({ onRetry: ({ message }) => console.warn(message) })),
            catchError((error: Error) => of(`cannot talk here: ${error.message}`)),
          ),
    ),
  ),
).subscribe({ next: (told) => console.log(told), error: console.error });

process.once('SIGINT', () => {
  running.unsubscribe();
  void discord.close();
});
