/** A TypeScript bot that uses names of each entry. Each TypeScript of the table type-checks it; it is not run. */
import { asyncScheduler, concatMap, EMPTY, filter, map, Observable, retry, Subject, takeUntil } from 'rxjs';
import {
  connectVoice$,
  gatewayPort,
  isSilenceFrame,
  useSession,
  VoiceError,
  voiceRetry,
  type GatewayPayload,
  type VoiceFailure,
} from 'rxvoice';
import { fromAdapterCreator, fromDiscordJs, type DiscordJsClient, type VoiceAdapterCreator } from 'rxvoice/adapters';
import { createOpusDecoder, recordTo, source, type RecordingEvent } from 'rxvoice/audio';
import { driveVoice$, type VoiceServer } from 'rxvoice/driver';
import { startVoiceServer, type LoopbackVoiceServer } from 'rxvoice/server';
import { testFrames, virtualVoice } from 'rxvoice/testing';

const ids = { guildId: '1', channelId: '2', userId: '3' };

export function jukebox(client: DiscordJsClient, songs$: Observable<string>, stop$: Observable<void>): Observable<number> {
  return connectVoice$(fromDiscordJs(client), ids, { timeouts: { discovery: 6_000 }, dave: false }).pipe(
    useSession((session) => songs$.pipe(concatMap((song) => session.play(source(song), { prefetch: 20 })))),
    map((event) => (event.type === 'sent' ? event.position : 0)),
    takeUntil(stop$),
    retry(voiceRetry({ onRetry: ({ message }) => console.warn(message) })),
  );
}

export function recorder(payloads$: Observable<GatewayPayload>, send: (command: object) => void): Observable<RecordingEvent> {
  return connectVoice$(gatewayPort(payloads$, send), ids).pipe(useSession((session) => session.receive().pipe(recordTo('talk'))));
}

export function loudest(server$: Observable<VoiceServer>, userId: string): Observable<number> {
  const decoder = createOpusDecoder();
  return driveVoice$(server$).pipe(
    useSession((session) => session.receive(userId)),
    filter(({ frame }) => !isSilenceFrame(frame)),
    map(({ frame }) => Math.max(...decoder.decode(frame))),
  );
}

export function cure(error: unknown): string {
  if (!(error instanceof VoiceError)) return 'not ours';
  const failure = error as VoiceFailure;
  switch (failure.code) {
    case 'timeout':
      return `${failure.stage} after ${failure.ms} ms: ${failure.likelyCause}`;
    case 'socket-closed':
      return `closed by ${failure.closeCode}`;
    default:
      return failure.message;
  }
}

export async function rehearse(creator: VoiceAdapterCreator): Promise<void> {
  const server: LoopbackVoiceServer = await startVoiceServer({ daveVersion: 0 });
  server.faults.kick(ids.userId);
  connectVoice$(fromAdapterCreator(creator), ids).subscribe({ error: (error: VoiceError) => console.warn(error.code) });
  server.packets$.subscribe(({ payload }: { payload: Uint8Array }) => console.log(payload.length, testFrames(1)));
  await server.close();
}

export const double = (): Observable<unknown> =>
  connectVoice$(virtualVoice({ scheduler: asyncScheduler }).gateway, ids).pipe(
    takeUntil(new Subject()),
    concatMap(() => EMPTY),
  );
