// A soundboard: music that crosses over to the next song, sounds over it, and speech over both.
//
//   node docs/examples/soundboard.mjs
//
// It brings its own voice server, somebody who listens, and a script of what is played, so it runs without Discord. In your bot, `gateway$`
// comes from your library (`fromDiscordJs(client)` of rxvoice/adapters), and the three streams from its commands.
import { fileURLToPath } from 'node:url';
import { concatMap, filter, finalize, fromEvent, ignoreElements, map, merge, of, scan, Subject, switchMap, take, takeUntil } from 'rxjs';
import { connectVoice$, useSession } from 'rxvoice';
import { desk, source, tone } from 'rxvoice/audio';
import { startVoiceServer } from 'rxvoice/server';

/**
 * Every song and sound is a track of one desk. A song crossfades to the next within half a second; a track with priority lowers all
 * others by 12 dB.
 *
 * ```
 * songs     a-----------b-------      a\b: half a second in which both are heard
 * sounds    ----x-x-------------      the song is down while they are heard
 * speech    ---------s----------      so is everything else
 * ```
 */
export const soundboard = (session, { songs$, sounds$, speech$ }) => {
  const songs = songs$.pipe(
    concatMap((song, i) => [
      { type: 'add', id: `song ${i}`, source: song, loop: 'endless', after: `song ${i - 1}`, crossfade: 500 },
      ...(i > 0 ? [{ type: 'remove', id: `song ${i - 1}` }] : []),
    ]),
  );
  const over = (name, priority) => map((sound, i) => ({ type: 'add', id: `${name} ${i}`, source: sound, priority }));
  const board = desk(merge(songs, sounds$.pipe(over('sound', 1)), speech$.pipe(over('speech', 2))));
  return merge(board.facts$, session.play(board).pipe(ignoreElements()));
};

const CALL = { guildId: '100', channelId: '200' };
const BOT = '1';
const LISTENER = '2';
const SONG = source(fileURLToPath(new URL('../../dist/cli/demo/song.opus', import.meta.url)));

/** Speech as an engine gives it: 24 kHz, mono, without a header. Here it hums. */
const hum = Float32Array.from({ length: 12_000 }, (_, i) => 0.3 * Math.sin((2 * Math.PI * 140 * i) / 24_000));
const speech = source(new Uint8Array(hum.buffer), { raw: { sampleRate: 24_000, channels: 1, format: 'f32' } });

const server = await startVoiceServer({ daveVersion: 1 });

/** A listener; the script is timed by how much the listener has heard. */
const heard$ = new Subject();
const listener = connectVoice$(server.gateway(LISTENER), { ...CALL, userId: LISTENER })
  .pipe(
    switchMap((session) => session.receive(BOT)),
    scan((ms) => ms + 20, 0),
  )
  .subscribe(heard$);
const at = (time, sound) => heard$.pipe(filter((ms) => ms === time), map(() => sound)); // prettier-ignore
const beep = (frequency) => tone({ frequency, duration: 300 });

const script = {
  songs$: merge(of(SONG), at(1_000, SONG.from(5_000))),
  sounds$: merge(at(200, beep(600)), at(400, beep(900))),
  speech$: at(600, speech),
};

connectVoice$(server.gateway(BOT), { ...CALL, userId: BOT })
  .pipe(
    useSession((session) => soundboard(session, script)),
    filter(({ type }) => type === 'started' || type === 'ended' || type === 'passthrough'),
    // This example ends when the second song has replaced the first and is passed through unchanged.
    takeUntil(fromEvent(process, 'SIGINT')),
    take(12),
    finalize(() => listener.unsubscribe()),
  )
  .subscribe({
    next: ({ at, type, id, reason }) => console.log(`${at} ms: ${id ?? 'mixed'} ${type}${reason === undefined ? '' : ` (${reason})`}`),
    error: (error) => {
      console.error(error.message);
      process.exitCode = 1;
      void server.close();
    },
    complete: () => void server.close(),
  });
