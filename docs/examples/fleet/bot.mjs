// The bot of the fleet: plays a song in several guilds, on whichever nodes are available. Each second it prints what was heard.
//
//   NATS_URL=nats://nats:4222 NATS_USER=bot NATS_PASSWORD=… SONG=/music/song.opus SONGS=6 node bot.mjs
//
// It brings its own voice server, so it runs without Discord. In your bot, `gateway$` comes from your library (`fromDiscordJs(client)` of
// rxvoice/adapters). SONG is a path on the nodes, which read it; the bot reads it only to know what should be heard.
import { connect } from '@nats-io/transport-node';
import { filter, fromEvent, interval, merge, mergeMap, range, share, takeUntil } from 'rxjs';
import { connectVoice$, useSession } from 'rxvoice';
import { source } from 'rxvoice/audio';
import { natsEngine } from 'rxvoice/nodes';
import { startVoiceServer } from 'rxvoice/server';
import { Heard } from './heard.mjs';

const BOT = '1000';
const { NATS_URL: servers, NATS_USER: user, NATS_PASSWORD: pass, SONG: song, SONGS: songs } = process.env;

const server = await startVoiceServer({ daveVersion: 0 });
const gateway$ = server.gateway(BOT);
const stop$ = merge(fromEvent(process, 'SIGTERM'), fromEvent(process, 'SIGINT')).pipe(share());

// --- yours ---------------------------------------------------------------------------------------------------------------------------
const connection = await connect({ servers, user, pass, maxReconnectAttempts: -1 });
const engine = natsEngine(connection, { bot: BOT, sources: 'files', patience: 60_000 });

const playing$ = range(1, Number(songs)).pipe(
  mergeMap((guild) =>
    connectVoice$(gateway$, { guildId: `${guild}`, channelId: `${100 + guild}`, userId: BOT }, { engine }).pipe(
      useSession((session) => session.play(source(song))),
    ),
  ),
);
// -------------------------------------------------------------------------------------------------------------------------------------

const heard = new Heard();
for await (const frame of source(song)) heard.expect(frame);
server.packets$.pipe(takeUntil(stop$)).subscribe(({ channelId, payload }) => heard.hear(channelId, payload, performance.now()));
interval(1_000).pipe(takeUntil(stop$)).subscribe(() => console.log(heard.report()));

playing$
  .pipe(
    filter(({ type }) => type === 'started' || type === 'finished'),
    takeUntil(stop$),
  )
  .subscribe({
    next: ({ type }) => console.log(`a song has ${type}`),
    error: (error) => {
      console.error(error.message);
      process.exit(1);
    },
    complete: async () => {
      await connection.drain();
      await server.close();
    },
  });
