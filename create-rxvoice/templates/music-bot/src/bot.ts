/** The music bot at Discord: `npm start`. */
import { source } from 'rxvoice/audio';
import { login, token, type Ask } from './discord.ts';
import { inEachGuild } from './guilds.ts';
import { jukebox, type JukeboxCommand } from './jukebox.ts';

const discord = await login(token(), [
  {
    name: 'play',
    description: 'Plays a song, after those that wait',
    option: { name: 'song', description: 'A URL, or the path of a file' },
  },
  { name: 'skip', description: 'Goes on with the next song' },
  { name: 'stop', description: 'Leaves the channel' },
]);

/** What is asked for, as a command; what is not possible is answered here. */
function command(ask: Ask): JukeboxCommand | undefined {
  if (ask.name === 'skip' || ask.name === 'stop') {
    ask.answer('All right.');
    return { type: ask.name };
  }
  if (ask.channelId === null) ask.answer('Join a voice channel first.');
  else ask.answer('It is on the list.');
  return ask.channelId === null ? undefined : { type: 'play', channelId: ask.channelId, song: ask.option('song') };
}

// A URL is fetched as it is played. Whoever may use the command may have the bot open what it can: restrict it, if the bot is not yours alone.
const open = (song: string) => source(/^https?:/.test(song) ? new URL(song) : song);

const running = inEachGuild(discord, command, (commands$, { join }) => commands$.pipe(jukebox({ join, open }))).subscribe((told) =>
  console.log(told),
);

process.once('SIGINT', () => {
  running.unsubscribe();
  void discord.close();
});
