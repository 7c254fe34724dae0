/** Sources that a thread opens by itself, on real sockets: they need nothing from the main thread while they play. Needs `npm run build`. */
import { filter, firstValueFrom, map, skip, take, timeout, toArray, type Observable } from 'rxjs';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { FfmpegError, MediaSourceError, source } from '../../src/audio/index.js';
import { connectVoice$, useSession, type FrameInput, type PlayEvent } from '../../src/index.js';
import { startVoiceServer, type LoopbackVoiceServer, type ServerPacket } from '../../src/server/index.js';
import { workerEngine, type WorkerEngine, type WorkerEngineOptions } from '../../src/workers/index.js';
import { itWithFfmpeg, make, processesWith, temporaryFolder, tone } from '../support/ffmpeg.js';
import { oggFile, opusPackets } from '../support/ogg-writer.js';
import { onQuietMachine } from '../support/quiet-machine.js';

const SCRIPT = new URL('../support/worker-in-process-time.mjs', import.meta.url);
/** Uses the clock of the machine. */
const PLAIN_SCRIPT = new URL('../../dist/workers/worker.js', import.meta.url);
const PATIENCE_MS = 15_000;
const USER = '7';
const folder = temporaryFolder();
const hex = (frame: Uint8Array): string => Buffer.from(frame).toString('hex');
const isSent = (event: PlayEvent) => event.type === 'sent';

interface Stage {
  readonly server: LoopbackVoiceServer;
  readonly engine: WorkerEngine;
  /** Plays the input in a session of its own. */
  play(input: FrameInput): Observable<PlayEvent>;
  /** What the server hears, without the silence after it. */
  readonly heard$: Observable<ServerPacket>;
}

/** Shared by tests that leave its thread alone, because loading a thread is most of the cost of a short play. */
let shared: WorkerEngine | undefined;
afterAll(() => shared?.close());

/** @param options of an engine of its own; `'shared'`: with the thread that tests with this value share */
async function onStage(body: (stage: Stage) => Promise<void>, options: WorkerEngineOptions | 'shared' = {}): Promise<void> {
  await onQuietMachine(async () => {
    const server = await startVoiceServer({ daveVersion: 0 });
    const engine = options === 'shared' ? (shared ??= workerEngine({ script: SCRIPT, threads: 1 })) : workerEngine({ script: SCRIPT, threads: 1, ...options });
    const session$ = connectVoice$(server.gateway(USER), { guildId: '1', userId: USER, channelId: '20' }, { engine });
    const heard$ = server.packets$.pipe(filter(({ userId, payload }) => userId === USER && payload.length > 3));
    try {
      await body({
        server,
        engine,
        play: (input) =>
          session$.pipe(
            useSession((session) => session.play(input)),
            timeout(PATIENCE_MS),
          ),
        heard$,
      });
    } finally {
      if (engine !== shared) await engine.close();
      await server.close();
    }
  });
}

async function song(name: string, packets: readonly Uint8Array[]): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, oggFile(packets));
  return path;
}

async function until(met: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!met()) {
    if (performance.now() > end) throw new Error('it has not come to that');
    // Polls rarely, because what it waits for runs on the same cores.
    await setTimeout(20);
  }
}

/** Blocks without computing, because the thread needs the core. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Whether this process, all of its threads, has a file open; undefined where that cannot be seen. */
function isOpen(path: string): boolean | undefined {
  const FDS = '/proc/self/fd';
  const target = (fd: string): string => {
    try {
      return readlinkSync(join(FDS, fd));
    } catch {
      return '';
    }
  };
  try {
    return readdirSync(FDS).some((fd) => target(fd) === path);
  } catch {
    return undefined;
  }
}

describe('a main thread that is blocked for three times as long as is read ahead', () => {
  const packets = [...opusPackets(150)];
  const playBlocked = async (
    { play, heard$ }: Stage,
    path: string,
  ): Promise<{ readonly heard: readonly ServerPacket[]; readonly events: readonly PlayEvent[] }> => {
    const heard = firstValueFrom(heard$.pipe(take(packets.length), toArray(), timeout(PATIENCE_MS)));
    heard$.pipe(skip(20), take(1)).subscribe(() => block(1_500));
    const events = await firstValueFrom(play(source(path)).pipe(toArray()));
    return { heard: await heard, events };
  };
  /** The difference in RTP time, in samples, between each packet and the one before it. */
  const steps = (heard: readonly ServerPacket[]): readonly number[] =>
    heard.slice(1).map(({ timestamp }, i) => (timestamp - heard[i]!.timestamp) >>> 0);

  it('is not heard: each frame is where it was in the song', async () => {
    const path = await song('blocked.opus', packets);
    await onStage(async (stage) => {
      const { heard, events } = await playBlocked(stage, path);
      expect(heard.map(({ payload }) => hex(payload))).toEqual(packets.map(hex));
      expect(new Set(steps(heard))).toEqual(new Set([960]));
      expect(events.map(({ type }) => type).filter((type) => type !== 'sent')).toEqual(['started', 'finished']);
      expect(events.filter(isSent).map(({ position }) => position)).toEqual(packets.map((_, i) => i * 20));
      expect(events.at(-1)).toEqual({ type: 'finished', frames: packets.length, heard: packets.length * 20 });
    });
  });

  it('is heard where the song is read there', async () => {
    const path = await song('starved.opus', packets);
    await onStage(
      async (stage) => {
        const { heard, events } = await playBlocked(stage, path);
        expect(Math.max(...steps(heard))).toBeGreaterThan(960);
        expect(events.map(({ type }) => type)).toContain('starved');
      },
      // Only the clock of the machine measures the whole wait.
      { sources: 'none', script: PLAIN_SCRIPT },
    );
  });
});

const packets = [...opusPackets(3_000)];

describe('a path that is opened in a thread', () => {
  it('is the file of the folder that the process ran in as the play began', async () => {
    const path = await song('relative.opus', packets);
    const before = process.cwd();
    await onStage(async ({ play, heard$, engine }) => {
      process.chdir(folder);
      try {
        const heard = firstValueFrom(
          heard$.pipe(
            map(({ payload }) => hex(payload)),
            take(60),
            toArray(),
            timeout(PATIENCE_MS),
          ),
        );
        const playing = play(source(basename(path))).subscribe();
        await firstValueFrom(heard$.pipe(skip(20)));
        process.chdir(tmpdir());
        // The thread that continues the play starts in another folder.
        await engine.close();
        const once = new Set(await heard);
        expect([...once]).toEqual(packets.slice(0, once.size).map(hex));
        playing.unsubscribe();
      } finally {
        process.chdir(before);
      }
    });
  });
});

describe.concurrent('a source that is opened in a thread', () => {

  it('begins where it is told to, and each play of it anew', async () => {
    const path = await song('sought.opus', packets);
    await onStage(async ({ play, heard$ }) => {
      for (const input of [
        source(path).from(59_005),
        source(pathToFileURL(path)).from(59_005),
        source(pathToFileURL(path).href).from(59_005),
      ]) {
        const heard = firstValueFrom(
          heard$.pipe(
            map(({ payload }) => hex(payload)),
            take(50),
            toArray(),
            timeout(PATIENCE_MS),
          ),
        );
        const events = await firstValueFrom(play(input).pipe(toArray()));
        expect(await heard).toEqual(packets.slice(2_950).map(hex));
        expect(events.find(isSent)).toMatchObject({ position: 0 });
        expect(events.at(-1)).toEqual({ type: 'finished', frames: 50, heard: 1_000 });
      }
    }, 'shared');
  });

  it('goes on where it was when its thread is terminated: nothing is lost, and nothing is sent again but what it was just sending', async () => {
    const some = packets.slice(0, 150);
    const path = await song('terminated.opus', some);
    await onStage(async ({ play, heard$, engine }) => {
      const heard: string[] = [];
      heard$.subscribe(({ payload }) => heard.push(hex(payload)));
      heard$.pipe(skip(60), take(1)).subscribe(() => void engine.close());
      const events = await firstValueFrom(play(source(path)).pipe(toArray()));
      await until(() => heard.at(-1) === hex(some.at(-1)!));
      expect([...new Set(heard)]).toEqual(some.map(hex));
      // The record of what the thread had sent outlives it, in shared memory.
      expect(heard.length - some.length).toBeLessThanOrEqual(1);
      expect(events.filter(isSent).map(({ position }) => position)).toEqual(some.map((_, i) => i * 20));
      expect(events.at(-1)).toEqual({ type: 'finished', frames: some.length, heard: some.length * 20 });
    });
  });

  it('is let go of with the play', async () => {
    const path = await song('released.opus', packets);
    if (isOpen(path) === undefined) return console.warn('not checked: there is no /proc here');
    await onStage(async ({ play, heard$ }) => {
      const playing = play(source(path)).subscribe();
      await firstValueFrom(heard$.pipe(skip(5), timeout(PATIENCE_MS)));
      expect(isOpen(path)).toBe(true);
      playing.unsubscribe();
      await until(() => isOpen(path) === false);
    }, 'shared');
  });

  it('that cannot be opened fails the play with the error that it would fail with here', async () => {
    await onStage(async ({ play }) => {
      const path = join(folder, 'missing.opus');
      const fails = async (input: FrameInput): Promise<unknown> => firstValueFrom(play(input)).catch((error: unknown) => error);
      const missing = await fails(source(path));
      expect(missing).toBeInstanceOf(MediaSourceError);
      expect(missing).toMatchObject({ code: 'media-source', retryable: false, cause: { code: 'ENOENT', syscall: 'open' } });
      expect((missing as Error).message).toContain(`the file ${path} cannot be read: there is no such file`);
      expect(await fails(source('http://'))).toMatchObject({ message: expect.stringContaining('this is no URL') as string });
      expect(await fails(source(new URL('ftp://example.org/a')))).toMatchObject({
        message: expect.stringContaining('a URL of ftp: cannot be read') as string,
      });
      const other = await song('other.flac', []);
      await writeFile(other, 'fLaC and more');
      const without = await fails(source(other, { ffmpeg: join(folder, 'none') }));
      expect(without).toBeInstanceOf(FfmpegError);
    }, 'shared');
  });

  it('is fetched by the thread, with its headers, which nobody is told', async () => {
    const some = packets.slice(0, 20);
    const bytes = await readFile(await song('fetched.opus', some));
    const requests: IncomingMessage[] = [];
    const web = createServer((request, response) => void (requests.push(request), response.end(bytes))).listen(0, '127.0.0.1');
    await once(web, 'listening');
    const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/song`;
    const own = globalThis.fetch;
    globalThis.fetch = () => Promise.reject(new Error('this is to be fetched by the thread'));
    try {
      await onStage(async ({ play, heard$ }) => {
        const heard = firstValueFrom(
          heard$.pipe(
            map(({ payload }) => hex(payload)),
            take(20),
            toArray(),
            timeout(PATIENCE_MS),
          ),
        );
        await firstValueFrom(play(source(url, { headers: { authorization: 'Bearer secret' } })).pipe(toArray()));
        expect(await heard).toEqual(some.map(hex));
        expect(requests.at(-1)?.headers.authorization).toBe('Bearer secret');
      }, 'shared');
      await onStage(
        async ({ play }) => {
          await expect(firstValueFrom(play(source(url)))).rejects.toMatchObject({
            cause: { message: 'this is to be fetched by the thread' },
          });
        },
        { sources: 'none' },
      );
    } finally {
      globalThis.fetch = own;
      web.close();
    }
  });

  itWithFfmpeg('that needs ffmpeg has one of its own, which ends with the play, and with the thread', async () => {
    const path = await make('tone.mp3', '-f', 'lavfi', '-i', tone(60));
    const wrapper = join(folder, 'own-ffmpeg');
    await writeFile(wrapper, '#!/bin/sh\nexec ffmpeg "$@"\n');
    await chmod(wrapper, 0o755);
    await onStage(async ({ play, heard$, engine }) => {
      for (const input of [source(path), source(path, { ffmpeg: wrapper })]) {
        const playing = play(input).subscribe();
        await firstValueFrom(heard$.pipe(skip(30), timeout(PATIENCE_MS)));
        expect(processesWith(path)).toHaveLength(1);
        playing.unsubscribe();
        await until(() => processesWith(path).length === 0);
      }
      const playing = play(source(path)).subscribe();
      await firstValueFrom(heard$.pipe(skip(30), timeout(PATIENCE_MS)));
      const [before] = processesWith(path);
      await engine.close();
      await firstValueFrom(heard$.pipe(skip(10), timeout(PATIENCE_MS)));
      await until(() => !processesWith(path).includes(before!));
      expect(processesWith(path)).toHaveLength(1);
      playing.unsubscribe();
      await until(() => processesWith(path).length === 0);
    });
  });
});
