// A gapless player that opens the next song while the current one plays, with pause, skip, and a count of what was heard.
//
//   node docs/examples/player.mjs [FILE …]
//
// It brings its own voice server, and somebody at the buttons, so it runs without Discord. In your bot, `gateway$` comes from your library
// (`fromDiscordJs(client)` of rxvoice/adapters), and the buttons are commands.
import { fileURLToPath } from 'node:url';
import { BehaviorSubject, filter, fromEvent, Subject, takeUntil, tap, timer } from 'rxjs';
import { connectVoice$, useSession } from 'rxvoice';
import { gapless, pausable, source, startAt } from 'rxvoice/audio';
import { startVoiceServer } from 'rxvoice/server';

const CALL = { guildId: '100', channelId: '200', userId: '1' };
const DEMO = fileURLToPath(new URL('../../dist/cli/demo/song.opus', import.meta.url));
const files = process.argv.slice(2);
const songs =
  files.length > 0
    ? files.map((path) => ({ title: path, frames: source(path) }))
    : [
        { title: 'the close', frames: startAt(11_200)(source(DEMO)) },
        { title: 'a file that is not there', frames: source('nowhere.opus') },
        { title: 'the long one', frames: source(DEMO) },
        { title: 'the close again', frames: source(DEMO).from(11_200) },
      ];

// --- yours ---------------------------------------------------------------------------------------------------------------------------
/** The buttons. */
const paused$ = new BehaviorSubject(false);
const skip$ = new Subject();

/** Plays all songs as one play. A song that cannot be played is reported when its turn comes. */
const player = (session) => {
  const list = gapless(
    songs.map(({ frames }) => frames),
    {
      skip$,
      onTurn: (index) => console.log(`now: ${songs[index].title}`),
      onError: (error, index) => console.log(`${songs[index].title}: ${error.message.split(':')[0]}`),
    },
  );
  return session.play(pausable(paused$)(list), { onEnd: ({ reason, heard }) => console.log(`${reason}, heard ${heard} ms`) });
};
// -------------------------------------------------------------------------------------------------------------------------------------

const server = await startVoiceServer({ daveVersion: 0 });
const stop$ = fromEvent(process, 'SIGINT');

/** Somebody at the buttons: pauses for half a second when he has heard 700 ms, and skips what is played after 1.4 s. */
const atTheButtons = ({ type, position }) => {
  if (type === 'sent' && position === 700) paused$.next(true);
  if (type === 'paused') {
    console.log('paused');
    timer(500).subscribe(() => paused$.next(false));
  }
  if (type === 'sent' && position === 1_400) skip$.next();
};

/** What reached the server: frames of songs, and of silence, which is sent at the pause and at the end. */
const came = { songs: 0, silence: 0 };
server.packets$.subscribe(({ payload }) => (payload.length > 3 ? (came.songs += 1) : (came.silence += 1)));

connectVoice$(server.gateway(CALL.userId), CALL)
  .pipe(useSession((session) => player(session).pipe(tap(atTheButtons), filter(({ type }) => type === 'finished'), takeUntil(stop$))))
  .subscribe({
    error: (error) => {
      console.error(error.message);
      process.exitCode = 1;
      void server.close();
    },
    complete: () => {
      console.log(`came at the server: ${came.songs * 20} ms of songs, ${came.silence} frames of silence`);
      void server.close();
    },
  });
