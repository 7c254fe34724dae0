/** A call without Discord: the voice server that rxvoice brings, the recorder, and two who speak one after the other. */
import {
  concatMap,
  defer,
  EMPTY,
  finalize,
  firstValueFrom,
  from,
  merge,
  shareReplay,
  Subject,
  takeWhile,
  tap,
  type Observable,
} from 'rxjs';
import { connectVoice$, useSession } from 'rxvoice';
import { startVoiceServer } from 'rxvoice/server';
import { testFrames } from 'rxvoice/testing';
import { recorder, type RecorderCommand } from './recorder.ts';

const BOT = '1';
const CALL = { guildId: '10', channelId: '20' };
/** Who speaks, and how many frames of 20 ms. */
export const SPEAKERS: readonly (readonly [userId: string, frames: number])[] = [
  ['2', 50],
  ['3', 25],
];

/** Tells what the recorder tells, and completes when it has left. */
export async function call(folder: string): Promise<Observable<string>> {
  const server = await startVoiceServer({ daveVersion: 1 });
  const members = SPEAKERS.map(([userId]) =>
    connectVoice$(server.gateway(userId), { ...CALL, userId }).pipe(shareReplay({ bufferSize: 1, refCount: true })),
  );
  const staying = members.map((member$) => member$.subscribe());
  await Promise.all(members.map((member$) => firstValueFrom(member$)));

  const commands$ = new Subject<RecorderCommand>();
  const join = (channelId: string) => connectVoice$(server.gateway(BOT), { ...CALL, channelId, userId: BOT });
  const speak = () =>
    from(SPEAKERS)
      .pipe(concatMap(([, frames], i) => members[i]!.pipe(useSession((session) => session.play(testFrames(frames))))))
      .subscribe({ complete: () => commands$.next({ type: 'stop' }) });
  const begin$ = defer(() => {
    commands$.next({ type: 'record', channelId: CALL.channelId });
    return EMPTY;
  });
  return merge(commands$.pipe(recorder({ join, folder: () => folder })), begin$).pipe(
    tap((told) => told.startsWith('recording to') && speak()),
    takeWhile((told) => told !== 'left', true),
    finalize(() => {
      for (const member of staying) member.unsubscribe();
      void server.close();
    }),
  );
}
