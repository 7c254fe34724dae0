/** The talking bot without Discord: `npm run rehearse`. On the voice server that rxvoice brings, with somebody who speaks and hears. */
import { filter, firstValueFrom, shareReplay, switchMap, tap } from 'rxjs';
import { connectVoice$, isSilenceFrame } from 'rxvoice';
import { startVoiceServer } from 'rxvoice/server';
import { testFrames } from 'rxvoice/testing';
import { conversation } from './conversation.ts';
import { parrot } from './mind.ts';

const [BOT, ALICE] = ['1', '2'];
const CALL = { guildId: '10', channelId: '20' };

const server = await startVoiceServer({ daveVersion: 1 });
const alice$ = connectVoice$(server.gateway(ALICE), { ...CALL, userId: ALICE }).pipe(shareReplay({ bufferSize: 1, refCount: true }));
const staying = alice$.subscribe();
const alice = await firstValueFrom(alice$);

let heard = 0;
alice
  .receive(BOT)
  .pipe(filter(({ frame }) => !isSilenceFrame(frame)))
  .subscribe(() => (heard += 1));
const bot$ = connectVoice$(server.gateway(BOT), { ...CALL, userId: BOT });
const answered$ = bot$.pipe(
  tap(() => alice.play(testFrames(50)).subscribe()),
  switchMap(conversation(parrot)),
  tap((told) => console.log(told)),
  filter((told) => told.startsWith('has answered')),
);
await firstValueFrom(answered$);
console.log(`Alice has heard ${heard} frames of an answer`);
staying.unsubscribe();
await server.close();
