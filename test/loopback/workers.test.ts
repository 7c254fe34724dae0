/** Sessions in threads, on real sockets: a session keeps its promises, and a thread that dies ends no session. Needs `npm run build`. */
import { filter, firstValueFrom, forkJoin, lastValueFrom, map, shareReplay, Subject, switchMap, take, tap, timeout, toArray } from 'rxjs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { connectVoice$, VoiceOptionsError } from '../../src/index.js';
import { startVoiceServer, type LoopbackVoiceServer } from '../../src/server/index.js';
import { testFrames } from '../../src/testing/index.js';
import { workerEngine, type WorkerEngineOptions } from '../../src/workers/index.js';
import { onQuietMachine } from '../support/quiet-machine.js';

const SCRIPT = new URL('../support/worker-in-process-time.mjs', import.meta.url);
const PATIENCE_MS = 15_000;
const folder = await mkdtemp(join(tmpdir(), 'rxvoice-threads-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function withThreads(options: WorkerEngineOptions, body: (server: LoopbackVoiceServer, engine: ReturnType<typeof workerEngine>) => Promise<void>): Promise<void> {
  await onQuietMachine(async () => {
    const server = await startVoiceServer({ daveVersion: 0 });
    const engine = workerEngine({ script: SCRIPT, ...options });
    try {
      await body(server, engine);
    } finally {
      await engine.close();
      await server.close();
    }
  });
}

/** The frames that the server hears from a user, without the silence that follows. */
const heard = (server: LoopbackVoiceServer, userId: string, count: number) =>
  server.packets$.pipe(filter((packet) => packet.userId === userId && packet.payload.length > 3), map(({ payload }) => Buffer.from(payload).toString('hex')), take(count), toArray(), timeout(PATIENCE_MS)); // prettier-ignore
const hex = (frames: readonly Uint8Array[]): string[] => frames.map((frame) => Buffer.from(frame).toString('hex'));

describe('a session in a thread', () => {
  it('plays byte for byte, hears, tells, and leaves; four in two threads', async () => {
    await withThreads({ threads: 2 }, async (server, engine) => {
      const users = ['101', '102', '103', '104'];
      const frames = testFrames(40);
      // On a busy machine, the last one to join must hear the others, too.
      const joined$ = new Subject<void>();
      const allJoined$ = joined$.pipe(take(users.length), toArray(), shareReplay(1));
      allJoined$.subscribe();
      const played$ = users.map((userId) =>
        connectVoice$(server.gateway(userId), { guildId: '1', userId, channelId: '20' }, { engine }).pipe(
          tap(() => joined$.next()),
          switchMap((session) =>
            forkJoin({
              events: allJoined$.pipe(switchMap(() => session.play(frames)), toArray()), // prettier-ignore
              heard: heard(server, userId, frames.length),
              received: session.receive().pipe(take(10), toArray(), timeout(PATIENCE_MS)),
              members: session.members$.pipe(filter(({ size }) => size === users.length - 1), take(1)),
              stats: session.stats$.pipe(take(1)),
            }),
          ),
          take(1),
        ),
      );
      for (const [i, { events, heard: bytes, received, stats }] of (await lastValueFrom(forkJoin(played$))).entries()) {
        expect(bytes).toEqual(hex(frames));
        expect(events.filter(({ type }) => type === 'sent')).toHaveLength(frames.length);
        expect(events.at(-1)).toEqual({ type: 'finished', frames: frames.length, heard: frames.length * 20 });
        expect(received.every(({ userId, frame }) => userId !== users[i] && frame instanceof Uint8Array)).toBe(true);
        expect(stats).toBeTypeOf('object');
      }
      // Unsubscribing has left the call.
      expect(server.counters).toBeTypeOf('object');
    });
  });

  it('is another for the voice server when its thread has died, and the same one here: the song goes on, no frame lost or twice', async () => {
    // The first thread dies in mid-song; the next ones live.
    const mark = join(folder, 'died');
    const script = join(folder, 'mortal.mjs');
    await writeFile(
      script,
      `import { existsSync, writeFileSync } from 'node:fs';
       import ${JSON.stringify(SCRIPT.href)};
       const mark = ${JSON.stringify(mark)};
       if (!existsSync(mark)) setTimeout(() => { writeFileSync(mark, ''); process.exit(7); }, 1500);`,
    );
    await withThreads({ threads: 1, script: pathToFileURL(script) }, async (server, engine) => {
      await rm(mark, { force: true });
      const frames = testFrames(150);
      const bytes = firstValueFrom(heard(server, '7', frames.length));
      // If the play fails, the test reports that failure instead.
      bytes.catch(() => undefined);
      const states: string[] = [];
      const events = await lastValueFrom(
        connectVoice$(server.gateway('7'), { guildId: '1', userId: '7', channelId: '20' }, { engine }).pipe(
          switchMap((session) => {
            session.state$.subscribe(({ status }) => states.push(status));
            return session.play(frames).pipe(toArray());
          }),
          take(1),
        ),
      );
      const received = await bytes;
      // The record of what the thread had sent outlives it, except for the frame that it was just sending.
      expect([...new Set(received)]).toEqual(hex(frames).slice(0, new Set(received).size));
      expect(received.length - new Set(received).size).toBeLessThanOrEqual(1);
      expect(states).toEqual(['ready', 'reconnecting', 'ready', 'ended']);
      expect(events.at(-1)?.type).toBe('finished');
    });
  });

  it('refuses what cannot travel before anything is sent', async () => {
    await withThreads({}, async (server, engine) => {
      const joined$ = connectVoice$(server.gateway('8'), { guildId: '1', userId: '8', channelId: '20' }, { engine, random: (bytes) => new Uint8Array(bytes) });
      await expect(firstValueFrom(joined$)).rejects.toBeInstanceOf(VoiceOptionsError);
      expect(() => workerEngine({ threads: 0 })).toThrow(VoiceOptionsError);
    });
  });
});
