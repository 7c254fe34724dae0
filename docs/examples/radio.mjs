// One radio for fifty guilds: the programme is read and encoded once, and late joiners hear it from the current position.
//
//   node docs/examples/radio.mjs [GUILDS]
//
// It brings its own voice server, so it runs without Discord. In your bot, `gateway$` comes from your library (`fromDiscordJs(client)` of
// rxvoice/adapters), the guilds from your configuration, and the programme from a station's address.
import { fileURLToPath } from 'node:url';
import { defer, delay, filter, from, fromEvent, merge, mergeMap, share, skip, take, takeUntil } from 'rxjs';
import { connectVoice$, useSession } from 'rxvoice';
import { broadcast, repeated, source } from 'rxvoice/audio';
import { startVoiceServer } from 'rxvoice/server';

const BOT = '1';
const GUILDS = Number(process.argv[2] ?? 50);
const DEMO = fileURLToPath(new URL('../../dist/cli/demo/song.opus', import.meta.url));

const server = await startVoiceServer({ daveVersion: 0 }); // a bot that is alone in an encrypted call waits for somebody to hear it
const gateway$ = server.gateway(BOT);
const calls = Array.from({ length: GUILDS }, (_, i) => ({ guildId: `${1_000 + i}`, channelId: `${2_000 + i}`, userId: BOT }));
/** Emits on Ctrl-C, and in this example also a second and a half after the last guild has joined. */
const stop$ = merge(
  fromEvent(process, 'SIGINT'),
  defer(() => radio.listeners$.pipe(filter((count) => count === GUILDS), take(1), delay(1_500))),
).pipe(share());

// --- yours ---------------------------------------------------------------------------------------------------------------------------
/** One endless programme. It is opened when the first guild listens, and closed when the last has left. */
const radio = broadcast(repeated()(source(DEMO)));

/** Plays it in each guild, until stop$ emits. A guild that fails does not affect the others. */
const onAir$ = from(calls).pipe(
  mergeMap((call) => connectVoice$(gateway$, call).pipe(useSession((session) => session.play(radio).pipe(takeUntil(stop$))))),
);
// -------------------------------------------------------------------------------------------------------------------------------------

/** The frames that reached each channel. */
const heard = new Map(calls.map(({ channelId }) => [channelId, []]));
server.packets$.pipe(filter(({ payload }) => payload.length > 3)).subscribe(({ channelId, payload }) => heard.get(channelId).push(payload.join()));

radio.listeners$.pipe(filter((count) => count === GUILDS), take(1)).subscribe((count) => console.log(`on the air in ${count} guilds`));
radio.listeners$.pipe(skip(1), filter((count) => count === 0)).subscribe(() => console.log(`opened ${radio.counts.openings} time, ${radio.counts.missed} frames missed`));

onAir$.subscribe({
  error: (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
  complete: async () => {
    void server.close();
    const programme = [];
    for await (const frame of repeated(3)(source(DEMO))) programme.push(frame.join());
    // Each frame is found after the previous one.
    const inOrder = (frames) => frames.reduce((at, frame) => (at < 0 ? at : programme.indexOf(frame, at) + 1 || -1), 0) > 0;
    console.log(`${[...heard.values()].filter(inOrder).length} guilds heard it, in order, no frame twice`);
  },
});
