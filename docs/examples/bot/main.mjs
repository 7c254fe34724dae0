// A music bot at Discord: /play, /skip, /pause, /seek, /volume, /record and /leave.
//
//   DISCORD_TOKEN=… node docs/examples/bot/main.mjs [SONGS] [RECORDINGS]
//
// SONGS is a folder with songs, which are requested by name; each recording gets a folder in RECORDINGS. With DISCORD_API the bot connects to
// a simulated Discord, that of `rxvoice serve --discord`: docs/example-bot.md. Ctrl-C leaves, with all files complete.
import { join } from 'node:path';
import { fromEvent } from 'rxjs';
import { discordBot } from './discord.mjs';
import { songsOf } from './library.mjs';

const [songs = 'songs', recordings = 'recordings'] = process.argv.slice(2);
const { DISCORD_TOKEN: token, DISCORD_API: api } = process.env;

if (token === undefined) {
  console.error('There is no DISCORD_TOKEN. Without Discord: rxvoice serve --discord, see docs/example-bot.md.');
  process.exit(2);
}

discordBot({
  token,
  open: songsOf(songs),
  recordings: (guildId) => join(recordings, `${guildId} ${new Date().toISOString().replaceAll(':', '.')}`),
  stop$: fromEvent(process, 'SIGINT'),
  ...(api !== undefined && { client: { rest: { api } } }),
}).subscribe({
  next: (text) => console.log(text),
  error: (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
});
