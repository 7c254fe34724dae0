/** The recorder at Discord: `npm start`. */
import { filter, groupBy, map, mergeMap, retry, type Observable } from 'rxjs';
import { connectVoice$, voiceRetry } from 'rxvoice';
import { login, token, type Ask } from './discord.ts';
import { recorder, type RecorderCommand } from './recorder.ts';

const discord = await login(token(), [
  { name: 'record', description: 'Records your voice channel; ask those who are in it' },
  { name: 'stop', description: 'Finishes the recording' },
]);

function command(ask: Ask): RecorderCommand | undefined {
  if (ask.name === 'stop') {
    ask.answer('The files are being finished.');
    return { type: 'stop' };
  }
  ask.answer(ask.channelId === null ? 'Join a voice channel first.' : 'I am recording.');
  return ask.channelId === null ? undefined : { type: 'record', channelId: ask.channelId };
}

const commands$ = (asks$: Observable<Ask>) =>
  asks$.pipe(
    map(command),
    filter((one) => one !== undefined),
  );

const running = discord.asks$
  .pipe(
    groupBy(({ guildId }) => guildId),
    mergeMap((asks$) => {
      const join = (channelId: string) =>
        connectVoice$(discord.gateway$, { guildId: asks$.key, channelId, userId: discord.userId, selfMute: true }).pipe(
          retry(voiceRetry({ onRetry: console.warn })),
        );
      const folder = () => `recordings/${asks$.key}-${new Date().toISOString().replaceAll(':', '-')}`;
      return commands$(asks$).pipe(recorder({ join, folder }));
    }),
  )
  .subscribe((told) => console.log(told));

// Unsubscribed, a recording finishes its files all the same.
process.once('SIGINT', () => {
  running.unsubscribe();
  void discord.close();
});
