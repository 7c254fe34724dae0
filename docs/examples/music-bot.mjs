// A music bot with a queue, skip, seek, pause, volume, bass and the current song.
//
//   node docs/examples/music-bot.mjs
//
// It brings its own voice server, and somebody who listens and types, so it runs without Discord. In your bot, `gateway$` comes from your
// library (`fromDiscordJs(client)` of rxvoice/adapters), and the lines from its messages.
import { fileURLToPath } from 'node:url';
import { EMPTY, finalize, fromEvent, ignoreElements, map, merge, mergeMap, of, ReplaySubject, scan, switchMap, takeUntil, takeWhile, tap } from 'rxjs';
import { connectVoice$, useSession } from 'rxvoice';
import { bassBoost, chain, desk, limiter, source } from 'rxvoice/audio';
import { startVoiceServer } from 'rxvoice/server';

/** Executes the commands in the lines, and reports what is heard. Each track follows the previous one with a crossfade of a quarter of a second. */
export function musicBot(session, lines$) {
  const mixer = desk();
  const titles = new Map();
  let last = '';
  let volume = 1;
  const current = () => mixer.tracks.find(({ status }) => status !== 'waiting')?.id;
  const send = (command) => current() !== undefined && mixer.send({ id: current(), ...command });
  const commands = {
    play: (path) => {
      ({ id: last } = mixer.add(source(path), { after: last || undefined, crossfade: 250, volume }));
      titles.set(last, path);
    },
    skip: () => send({ type: 'remove' }),
    pause: () => send({ type: 'pause' }),
    resume: () => send({ type: 'resume' }),
    seek: (seconds) => send({ type: 'seek', position: Number(seconds) * 1_000 }),
    volume: (percent) => mixer.send({ type: 'volume', volume: (volume = Number(percent) / 100) }),
    bass: (on) => send({ type: 'filters', filters: on === 'on' ? [chain(bassBoost(), limiter())] : [] }),
  };
  const obeyed$ = lines$.pipe(
    tap((line) => {
      const [name, ...rest] = line.split(' ');
      commands[name]?.(rest.join(' '));
    }),
  );
  const time = (ms) => new Date(ms).toISOString().slice(14, 19);
  const told$ = mixer.facts$.pipe(
    mergeMap(({ type, id, position, reason, error }) => {
      if (type === 'started' || type === 'position') return of(`now playing ${titles.get(id)} at ${time(position)}`);
      if (type === 'ended') return of(`${titles.get(id)} ${reason}${error === undefined ? '' : `: ${error.message}`}`);
      return EMPTY;
    }),
  );
  return merge(told$, session.play(mixer).pipe(ignoreElements()), obeyed$.pipe(ignoreElements()));
}

const CALL = { guildId: '100', channelId: '200' };
const BOT = '1';
const LISTENER = '2';
const SONG = fileURLToPath(new URL('../../dist/cli/demo/song.opus', import.meta.url));

/** What the listener types, and after how many ms of audio heard. */
const script = [
  [0, `play ${SONG}`], [0, `play nowhere.opus`], [0, `play ${SONG}`], [300, 'volume 50'], [500, 'seek 8.5'], [700, 'bass on'],
  [1_400, 'skip'], [2_000, 'seek 11.5'],
]; // prettier-ignore

const server = await startVoiceServer({ daveVersion: 1 });
const heard$ = new ReplaySubject(1);
heard$.next(0);
const listener = connectVoice$(server.gateway(LISTENER), { ...CALL, userId: LISTENER })
  .pipe(
    switchMap((session) => session.receive(BOT)),
    scan((ms) => ms + 20, 0),
  )
  .subscribe(heard$);
const typed$ = heard$.pipe(mergeMap((ms) => script.flatMap(([at, line]) => (at === ms ? [line] : []))));

connectVoice$(server.gateway(BOT), { ...CALL, userId: BOT })
  .pipe(
    useSession((session) => musicBot(session, typed$)),
    map((told) => told.replaceAll(SONG, 'the song')),
    takeWhile((told) => told !== 'the song end', true),
    takeUntil(fromEvent(process, 'SIGINT')),
    finalize(() => listener.unsubscribe()),
  )
  .subscribe({
    next: (told) => console.log(told),
    error: (error) => {
      console.error(error.message);
      process.exitCode = 1;
      void server.close();
    },
    complete: () => void server.close(),
  });
