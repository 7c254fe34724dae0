import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asyncScheduler, lastValueFrom, Observable, Subject, toArray, type SchedulerLike } from 'rxjs';
import { directorySink, RecordingError, type OpenRecordingSink, type RecordingEvent } from '../../../../src/audio/index.js';
import type { JitterEvent } from '../../../../src/audio/jitter/event.js';
import { memoryDisk, parseOgg, parseWav, recordedPackets, samplesOf } from '../../../support/recordings.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { frame, MS, recordingOf, toneFrames } from './stage.js';

/** A disk whose operations complete when `release()` is called, one at a time, or all from then on. */
function slowDisk() {
  const disk = memoryDisk();
  const waiting: (() => void)[] = [];
  let freed = false;
  const turn = (): Promise<void> => (freed ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)));
  const open: OpenRecordingSink = async (name) => {
    await turn();
    const sink = await disk.open(name);
    return {
      write: async (bytes, position) => {
        await turn();
        await sink.write(bytes, position);
      },
      close: async () => {
        await turn();
        await sink.close();
      },
    };
  };
  const free = (): void => {
    freed = true;
    for (const resolve of waiting.splice(0)) resolve();
  };
  return { disk, open, free, waiting };
}


/** Bytes of array buffers in use. */
function memory(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  // Twice: the second collection sweeps what the first one marked.
  collect();
  collect();
  return process.memoryUsage().arrayBuffers;
}

/** 20 ms in eight frames of maximum length: 10 202 bytes. */
const LONG = Uint8Array.of(0xe3, 8, ...new Uint8Array(8 * 1_275).fill(1));

/** The speaker's packets, all in the past of the clock, as if the event loop had been busy. */
function minutes(count: number, bytes: number): JitterEvent[] {
  const body = new Uint8Array(bytes).fill(1);
  body[0] = 0xfc;
  return Array.from({ length: count * 3_000 }, (_, i) => frame(20 * i, { frame: body }));
}

describe('a disk that never answers', () => {
  it('costs no more memory than the queue in ten minutes, and every packet beyond is counted', () => {
    virtualTime(({ flush }) => {
      const never: OpenRecordingSink = () => new Promise(() => undefined);
      const drops: number[] = [];
      const events$ = new Observable<JitterEvent>((subscriber) => {
        let at = 0;
        return asyncScheduler.schedule(function (this) {
          subscriber.next(frame(at, { frame: LONG.slice() }));
          at += 20;
          if (at < 600_000) this.schedule(undefined, 20);
        });
      });
      const before = memory();
      const subscription = recordingOf(events$, never, { queueBytes: 1_000_000 }).subscribe((event) => {
        if (event.type === 'dropped' && event.reason === 'slow-disk') drops.push(event.packets);
      });
      asyncScheduler.schedule(() => {
        // 300 MB were sent.
        expect(memory() - before).toBeLessThan(5_000_000);
        subscription.unsubscribe();
      }, 600_500);
      flush();
      // Once per second, as soon as the queue is full, which is after 96 packets.
      expect(drops.length).toBe(599);
      expect(Math.max(...drops)).toBeLessThanOrEqual(51);
      expect(drops.reduce((sum, packets) => sum + packets, 0)).toBe(30_000 - Math.floor(1_000_000 / (10_202 + 128)));
    });
  });

  it('gets what fitted into the queue, at its place, when it answers at last; the rest is silence, and told', async () => {
    const { disk, open, free } = slowDisk();
    const events = minutes(1, 100);
    let now = 0;
    const scheduler: SchedulerLike = { now: () => now, schedule: asyncScheduler.schedule.bind(asyncScheduler) };
    const events$ = new Subject<JitterEvent>();
    const done = lastValueFrom(recordingOf(events$, open, { queueBytes: 500 * 228, scheduler }).pipe(toArray()));
    for (const event of events) {
      now += 20;
      events$.next(event);
    }
    free();
    // The disk is fast from now on, so the last packets find room.
    while (!disk.files.has('1.ogg') || disk.written < 50_000) await new Promise((resolve) => setImmediate(resolve));
    events$.next(frame(60_000, { frame: Uint8Array.of(0xfc, 9, 9, 9) }));
    events$.complete();
    const told = await done;
    expect(told.filter(({ type }) => type === 'dropped')).toMatchObject([{ reason: 'slow-disk', packets: 2_500, userId: '1' }]);
    const closed = told.at(-1);
    expect(closed).toMatchObject({ type: 'file-closed', packets: 501, dropped: 2_500, durationMs: 60_020 });
    const packets = recordedPackets(disk.files.get('1.ogg')!);
    expect(samplesOf(packets)).toBe(60_020 * MS);
    expect(packets.slice(0, 500).every((one) => one.length === 100)).toBe(true);
    expect(packets.slice(500, 3_000).every((one) => one.length === 3)).toBe(true);
    expect([...packets[3_000]!]).toEqual([0xfc, 9, 9, 9]);
  });

  it('may be left: there is nothing to wait for', () => {
    const events$ = new Subject<JitterEvent>();
    const subscription = recordingOf(events$, () => new Promise(() => undefined)).subscribe();
    events$.next(frame(0));
    subscription.unsubscribe();
    expect(events$.observed).toBe(false);
  });
});

describe('a disk that takes its time', () => {
  it('is given one write at a time, and completes the recording when the last file is closed', async () => {
    const { disk, open, waiting } = slowDisk();
    const told: RecordingEvent[] = [];
    let completed = false;
    recordingOf([frame(0), frame(20), frame(2_000)], open).subscribe({ next: (event) => told.push(event), complete: () => (completed = true) });
    let turns = 0;
    while (!completed && turns < 100) {
      expect(waiting.length).toBeLessThanOrEqual(1);
      waiting.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
      turns += 1;
      if (!completed) expect(disk.closed.size).toBe(0);
    }
    expect(told.map(({ type }) => type)).toEqual(['file-opened', 'file-closed']);
    expect(parseOgg(disk.files.get('1.ogg')!).at(-1)!.last).toBe(true);
  });
});

describe('a disk that fails', () => {
  const failing = (operation: 'open' | 'write' | 'close', how: 'throws' | 'rejects') => {
    const disk = memoryDisk();
    const fail = (): Promise<void> => {
      if (how === 'throws') throw new Error('disk on fire');
      return Promise.reject(new Error('disk on fire'));
    };
    let closes = 0;
    const open: OpenRecordingSink = (name) => {
      if (name !== '1.ogg') return disk.open(name);
      if (operation === 'open') return fail() as Promise<never>;
      return { path: '/x/1.ogg', write: () => (operation === 'write' ? fail() : undefined), close: () => ((closes += 1), operation === 'close' ? fail() : undefined) };
    };
    return { disk, open, closes: () => closes };
  };

  it.each([
    ['open', 'throws', '1.ogg', 0],
    ['open', 'rejects', '1.ogg', 0],
    ['write', 'throws', '/x/1.ogg', 1],
    ['write', 'rejects', '/x/1.ogg', 1],
    ['close', 'throws', '/x/1.ogg', 1],
    ['close', 'rejects', '/x/1.ogg', 1],
  ] as const)('to %s (%s): the recording errors, and the other files are finished', async (operation, how, path, closes) => {
    const { disk, open, ...failure } = failing(operation, how);
    const recording$ = recordingOf([frame(0, { userId: '2', ssrc: 2 }), frame(0), frame(20)], open);
    const error: unknown = await lastValueFrom(recording$).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RecordingError);
    expect(error).toMatchObject({ operation, path, cause: { message: 'disk on fire' } });
    expect(failure.closes()).toBe(closes);
    expect([...disk.closed]).toEqual(['2.ogg']);
    expect(parseOgg(disk.files.get('2.ogg')!).at(-1)!.last).toBe(true);
  });
});

describe('a directory', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'rxvoice-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made, and gets the files', async () => {
    const path = join(folder, 'a', 'b');
    const tone = toneFrames(60, 440).map((bytes, i) => frame(20 * i, { arrival: 0, frame: bytes }));
    const told = await lastValueFrom(recordingOf(tone, path, { files: ['user-ogg', 'user-wav'] }).pipe(toArray()));
    expect(readdirSync(path).sort()).toEqual(['1.ogg', '1.wav']);
    expect(told.filter(({ type }) => type === 'file-closed')).toHaveLength(2);
    // Both are opened at once: the disk determines which is first.
    const opened = told.flatMap((event) => (event.type === 'file-opened' ? [event.path] : []));
    expect(opened.sort()).toEqual([join(path, '1.ogg'), join(path, '1.wav')]);
    expect(recordedPackets(readFileSync(join(path, '1.ogg')))).toHaveLength(60);
    expect(parseWav(readFileSync(join(path, '1.wav'))).pcm).toHaveLength(60 * 1_920);
  });

  it('loses nothing that is in it already, unless told to', async () => {
    for (const name of ['1.ogg', '1-2.ogg']) writeFileSync(join(folder, name), 'precious');
    await lastValueFrom(recordingOf([frame(0)], folder));
    expect(['1.ogg', '1-2.ogg'].map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(['precious', 'precious']);
    expect(recordedPackets(readFileSync(join(folder, '1-3.ogg')))).toHaveLength(1);
    await lastValueFrom(recordingOf([frame(0)], folder, { overwrite: true }));
    expect(recordedPackets(readFileSync(join(folder, '1.ogg')))).toHaveLength(1);
    expect(readdirSync(folder).sort()).toEqual(['1-2.ogg', '1-3.ogg', '1.ogg']);
  });

  it('that cannot be is an error that says so', async () => {
    writeFileSync(join(folder, 'file'), '');
    const error: unknown = await lastValueFrom(recordingOf([frame(0)], join(folder, 'file'))).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RecordingError);
    expect((error as Error).message).toMatch(/1\.ogg failed to open: E(EXIST|NOTDIR)/);
  });

  it('is a sink for others, too', async () => {
    const sink = await directorySink(folder)('x.bin');
    await sink.write(Uint8Array.of(1, 2, 3), 0);
    await sink.write(Uint8Array.of(9), 0);
    await sink.close();
    expect([...readFileSync(sink.path!)]).toEqual([9, 2, 3]);
  });
});
