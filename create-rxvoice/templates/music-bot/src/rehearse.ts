/** The music bot without Discord: `npm run rehearse`. On the voice server that rxvoice brings, with somebody who listens. */
import { firstValueFrom, shareReplay, Subject, takeWhile, timer } from 'rxjs';
import { connectVoice$ } from 'rxvoice';
import { startVoiceServer } from 'rxvoice/server';
import { testFrames } from 'rxvoice/testing';
import { jukebox, type JukeboxCommand } from './jukebox.ts';

const [BOT, ALICE] = ['1', '2'];
const CALL = { guildId: '10', channelId: '20' };

const server = await startVoiceServer({ daveVersion: 1 });
let heard = 0;
const alice$ = connectVoice$(server.gateway(ALICE), { ...CALL, userId: ALICE }).pipe(shareReplay({ bufferSize: 1, refCount: true }));
const listening = alice$.subscribe((session) => session.receive(BOT).subscribe(() => (heard += 1)));
await firstValueFrom(alice$);

const commands$ = new Subject<JukeboxCommand>();
const play = (song: string): JukeboxCommand => ({ type: 'play', channelId: CALL.channelId, song });
const bot$ = commands$.pipe(
  jukebox({
    join: (channelId) => connectVoice$(server.gateway(BOT), { ...CALL, channelId, userId: BOT }),
    open: () => testFrames(50),
  }),
  takeWhile((told) => told !== 'left', true),
);

bot$.subscribe({
  next: (told) => {
    console.log(told);
    // Alice does not like the second song.
    if (told === 'playing two') timer(200).subscribe(() => commands$.next({ type: 'skip' }));
  },
  complete: () => {
    console.log(`Alice has heard ${heard} packets`);
    listening.unsubscribe();
    void server.close();
  },
});
for (const song of ['one', 'two', 'three']) commands$.next(play(song));
