// Records a call: one Ogg/Opus file per speaker, and a WAV file of everybody. Ctrl-C ends it, with all files complete.
//
//   node docs/examples/recorder.mjs [DIRECTORY] [SECONDS]
//
// It brings its own voice server, and somebody who plays a song in the call, so it runs without Discord. In your bot, `gateway$`
// comes from your library (`fromDiscordJs(client)` of rxvoice/adapters), and the rest of `recording$` stays as it is.
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fromEvent, merge, takeUntil, tap, timer } from 'rxjs';
import { connectVoice$, useSession } from 'rxvoice';
import { oggOpus, recordTo } from 'rxvoice/audio';
import { startVoiceServer } from 'rxvoice/server';

const [directory = 'recordings', seconds = '12'] = process.argv.slice(2);
const CALL = { guildId: '100', channelId: '200' };
const RECORDER = '1';
const SINGER = '2';

const server = await startVoiceServer({ daveVersion: 1 });
const stop$ = merge(fromEvent(process, 'SIGINT'), timer(Number(seconds) * 1000));

/** Joins, records until told to stop, and leaves when the last file is closed. */
const recording$ = connectVoice$(server.gateway(RECORDER), { ...CALL, userId: RECORDER }).pipe(
  useSession((session) =>
    session.receive().pipe(
      takeUntil(stop$), // before recordTo: the files are finished, and told of
      recordTo(directory, { files: ['user-ogg', 'mix-wav'] }),
    ),
  ),
);

const song = oggOpus(createReadStream(fileURLToPath(new URL('../../dist/cli/demo/song.opus', import.meta.url))));
const singer = connectVoice$(server.gateway(SINGER), { ...CALL, userId: SINGER })
  .pipe(useSession((session) => session.play(song)))
  .subscribe();

recording$.pipe(tap({ finalize: () => singer.unsubscribe() })).subscribe({
  next: (event) => {
    if (event.type === 'file-opened') console.log(`recording ${event.path}`);
    if (event.type === 'dropped') console.log(`${event.packets} packets of ${event.userId ?? 'the mix'} dropped: ${event.reason}`);
    if (event.type === 'file-closed') {
      console.log(`closed ${event.path}: ${(event.durationMs / 1000).toFixed(1)} s, ${event.packets} packets, ${event.lost} lost`);
    }
  },
  error: (error) => {
    console.error(error.message);
    process.exitCode = 1;
    void server.close();
  },
  complete: () => void server.close(),
});
