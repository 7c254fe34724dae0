// Plays a playlist, and skips one song.
//
//   node docs/examples/playlist.mjs [FILE.opus …]
//
// It brings its own voice server, and somebody who listens and skips the second song, so it runs without Discord. In your bot,
// `gateway$` comes from your library (`fromDiscordJs(client)` of rxvoice/adapters), `songs$` and `skip$` from its commands.
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { filter, finalize, from, fromEvent, Subject, switchMap, takeUntil } from 'rxjs';
import { connectVoice$, useSession } from 'rxvoice';
import { oggOpus } from 'rxvoice/audio';
import { startVoiceServer } from 'rxvoice/server';
import { jukebox } from './jukebox.mjs';

const CALL = { guildId: '100', channelId: '200' };
const DJ = '1';
const LISTENER = '2';
const DEMO = fileURLToPath(new URL('../../dist/cli/demo/song.opus', import.meta.url));

/** Opens the file when the first frame is asked for, and not before. */
async function* file(path) {
  yield* oggOpus(createReadStream(path));
}

/** Frames of a file, from one to another, as they are asked for. */
async function* part(path, begin, end) {
  let index = 0;
  for await (const frame of file(path)) {
    if (index >= begin) yield frame;
    if (++index === end) return;
  }
}

const files = process.argv.slice(2);
const songs =
  files.length > 0
    ? files.map((path) => ({ title: path, frames: () => file(path) }))
    : [
        { title: 'the opening', frames: () => part(DEMO, 0, 60) },
        { title: 'the long one', frames: () => part(DEMO, 60, 600) },
        { title: 'a file that is not there', frames: () => file('nowhere.opus') },
        { title: 'the close', frames: () => part(DEMO, 540, 600) },
      ];

const server = await startVoiceServer({ daveVersion: 1 });

const skip$ = new Subject();
const stop$ = fromEvent(process, 'SIGINT');

/** Somebody who listens, and skips the second song when he has heard a second of it. */
let heard = 0;
const listener = connectVoice$(server.gateway(LISTENER), { ...CALL, userId: LISTENER })
  .pipe(
    switchMap((session) => session.receive(DJ)),
    filter(({ frame }) => frame.length > 3), // without the frames of silence that end a play
  )
  .subscribe(() => {
    heard += 1;
    if (heard === 110) skip$.next();
  });

/** Joins, plays the list, and leaves. Alone in an encrypted call, it waits with the first song for somebody to hear it. */
connectVoice$(server.gateway(DJ), { ...CALL, userId: DJ })
  .pipe(
    useSession((session) => jukebox(session, from(songs), skip$).pipe(takeUntil(stop$))),
    finalize(() => listener.unsubscribe()),
  )
  .subscribe({
    next: (told) => console.log(told),
    error: (error) => {
      console.error(error.message);
      process.exitCode = 1;
      void server.close();
    },
    complete: () => {
      console.log(`${heard} frames were heard`);
      void server.close();
    },
  });
