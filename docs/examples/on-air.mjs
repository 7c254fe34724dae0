// Stays on the air: a radio that says when and why it is silent, comes back even after a kick, and rehearses all of that.
//
//   node docs/examples/on-air.mjs
//
// It brings its own voice server, which simulates the faults that Discord causes, so it runs without Discord. In your bot, `gateway$`
// comes from your library (`fromDiscordJs(client)` of rxvoice/adapters), and `rehearsal` is removed.
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { distinctUntilChanged, filter, finalize, fromEvent, map, pairwise, switchMap, takeUntil, takeWhile, tap } from 'rxjs';
import { connectVoice$, recoverBy, useSession } from 'rxvoice';
import { oggOpus } from 'rxvoice/audio';
import { startVoiceServer } from 'rxvoice/server';

const CALL = { guildId: '100', channelId: '200' };
const RADIO = '1';
const LISTENER = '2';

const server = await startVoiceServer({ daveVersion: 1 });
const song = [];
for await (const frame of oggOpus(createReadStream(fileURLToPath(new URL('../../dist/cli/demo/song.opus', import.meta.url))))) song.push(frame);
const programme = song.slice(0, 250);

/** Off the air, and why; on the air again, and after how long. */
const health = (session) =>
  session.health$.pipe(
    takeWhile(({ state }) => state.status !== 'ended'),
    distinctUntilChanged((before, now) => before.ready === now.ready),
    pairwise(),
    map(([before, now]) => (now.ready ? `on the air again after ${now.since - before.since} ms` : `off the air: ${now.reason}`)),
  );

const stop$ = fromEvent(process, 'SIGINT');
/** The only entry of the table that a radio changes is `kicked`. */
const recovery = recoverBy({ kicked: { action: 'rejoin' } });

/** Joins, plays the programme, and leaves. */
const radio$ = connectVoice$(server.gateway(RADIO), { ...CALL, userId: RADIO }, { recovery }).pipe(
  tap((session) => {
    console.log('a session'); // printed once, whatever happens
    health(session).subscribe((told) => console.log(told));
  }),
  // During a gap the programme waits; for a live source use 'skip'.
  useSession((session) => session.play(programme, { whenSuspended: 'hold' }).pipe(takeUntil(stop$))),
);

/** The fault that is caused after each number of frames heard. */
const rehearsal = new Map([
  [50, ['the WebSocket is lost', () => server.faults.dropSocket(RADIO)]],
  [100, ['the session is no longer valid', () => server.faults.renewSession(RADIO)]],
  [150, ['somebody disconnects it', () => server.faults.kick(RADIO)]],
]);

/** Somebody who listens. */
const heard = [];
const listener = connectVoice$(server.gateway(LISTENER), { ...CALL, userId: LISTENER })
  .pipe(
    switchMap((session) => session.receive(RADIO)),
    filter(({ frame }) => frame.length > 3), // without frames of silence
  )
  .subscribe(({ frame }) => {
    heard.push(programme.findIndex((sent) => Buffer.compare(sent, frame) === 0));
    const [what, act] = rehearsal.get(heard.length) ?? [];
    if (act === undefined) return;
    console.log(`rehearsing: ${what}`);
    act();
  });

radio$.pipe(finalize(() => listener.unsubscribe())).subscribe({
  error: (error) => {
    console.error(error.message);
    process.exitCode = 1;
    void server.close();
  },
  complete: () => {
    const inOrder = heard.every((index, i) => index > (heard[i - 1] ?? -1));
    console.log(`heard ${heard.length} of ${programme.length} frames${inOrder ? ', in order, none of them twice' : ''}`);
    void server.close();
  },
});
