/** The talking bot at Discord: `npm start`. */
import { EMPTY, groupBy, mergeMap, retry, switchMap } from 'rxjs';
import { connectVoice$, voiceRetry } from 'rxvoice';
import { conversation } from './conversation.ts';
import { login, token } from './discord.ts';
import { parrot } from './mind.ts';

const discord = await login(token(), [
  { name: 'come', description: 'Comes into your voice channel, and answers who speaks' },
  { name: 'go', description: 'Leaves it' },
]);

const running = discord.asks$
  .pipe(
    groupBy(({ guildId }) => guildId),
    mergeMap((asks$) =>
      asks$.pipe(
        switchMap((ask) => {
          if (ask.name === 'come' && ask.channelId === null) ask.answer('Join a voice channel first.');
          else ask.answer(ask.name === 'come' ? 'I am all ears.' : 'Goodbye.');
          if (ask.name !== 'come' || ask.channelId === null) return EMPTY;
          return connectVoice$(discord.gateway$, { guildId: ask.guildId, channelId: ask.channelId, userId: discord.userId }).pipe(
            retry(voiceRetry({ onRetry: console.warn })),
            switchMap(conversation(parrot)),
          );
        }),
      ),
    ),
  )
  .subscribe({ next: (told) => console.log(told), error: console.error });

process.once('SIGINT', () => {
  running.unsubscribe();
  void discord.close();
});
