/** The recorder at Discord: `npm start`. */
import { login, token, type Ask } from './discord.ts';
import { inEachGuild } from './guilds.ts';
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

const folder = (id: string) => `recordings/${id}-${new Date().toISOString().replaceAll(':', '-')}`;

const running = inEachGuild(discord, command, (commands$, { id, join }) =>
  commands$.pipe(recorder({ join, folder: () => folder(id) })),
).subscribe((told) => console.log(told));

// Unsubscribed, a recording finishes its files all the same.
process.once('SIGINT', () => {
  running.unsubscribe();
  void discord.close();
});
