/** WAV files of speakers who are first heard after hours: the silence before is a hole, if the disk supports holes. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncScheduler, lastValueFrom, Subject, toArray, type SchedulerLike } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OpenRecordingSink, RecordingEvent, RecordOptions } from '../../../../src/audio/index.js';
import type { JitterEvent } from '../../../../src/audio/jitter/event.js';
import { memoryDisk, parseWav, wavHeader } from '../../../support/recordings.js';
import { frame, recordingOf, toneFrames } from './stage.js';

const HOUR = 3_600_000;
const SECOND_BYTES = 192_000;

/** A clock that stands still until it is set. */
function clockAt(): { ms: number; scheduler: SchedulerLike } {
  const clock = { ms: 0, scheduler: { now: () => clock.ms, schedule: asyncScheduler.schedule.bind(asyncScheduler) } };
  return clock;
}

/** Records events, each pushed at its arrival time, and gives the disk a turn of the event loop now and then. */
async function record(events: readonly JitterEvent[], open: OpenRecordingSink | string, options: RecordOptions): Promise<RecordingEvent[]> {
  const clock = clockAt();
  const events$ = new Subject<JitterEvent>();
  const told = lastValueFrom(recordingOf(events$, open, { ...options, scheduler: clock.scheduler }).pipe(toArray()));
  for (const event of events) {
    if (event.type === 'frame') clock.ms = event.packet.arrival;
    events$.next(event);
  }
  events$.complete();
  return told;
}

/** Writes and holes by file; each takes a turn of the event loop, plus time for each byte that is really written. */
function slowSparseDisk(bytesPerTurn: number) {
  const written = new Map<string, { bytes: number; holes: number; length: number }>();
  const open: OpenRecordingSink = (name) => {
    const file = { bytes: 0, holes: 0, length: 0 };
    written.set(name, file);
    const turns = async (bytes: number): Promise<void> => {
      for (let left = bytes; left >= 0; left -= bytesPerTurn) await new Promise((resolve) => setImmediate(resolve));
    };
    return {
      write: async (bytes, position) => {
        expect(position === 0 || position === file.length).toBe(true);
        await turns(bytes.length);
        file.length = Math.max(file.length, position + bytes.length);
        file.bytes += bytes.length;
      },
      hole: async (bytes, position) => {
        expect(position).toBe(file.length);
        await turns(0);
        file.length += bytes;
        file.holes += bytes;
      },
      close: () => undefined,
    };
  };
  return { written, open };
}

/** One second of a tone from each speaker, starting at `at`. */
function words(at: number, speakers: number): JitterEvent[] {
  const tone = toneFrames(50, 440);
  return tone.flatMap((bytes, i) =>
    Array.from({ length: speakers }, (_, who) => frame(at + 20 * i, { userId: `${who + 1}`, ssrc: who + 1, frame: bytes })),
  );
}

describe('a first word after hours', () => {
  it('costs what it is long, and none of it is lost', async () => {
    const { written, open } = slowSparseDisk(50_000);
    const told = await record(words(3 * HOUR, 1), open, { files: ['user-wav'] });
    const closed = told.at(-1);
    expect(closed).toMatchObject({ type: 'file-closed', packets: 50, dropped: 0, durationMs: 3 * HOUR + 1_000, bytes: 44 + SECOND_BYTES });
    const { bytes, holes, length } = written.get('1.wav')!;
    expect(holes).toBe(3 * 3_600 * SECOND_BYTES);
    expect(length).toBe(44 + holes + SECOND_BYTES);
    expect(bytes).toBeLessThan(SECOND_BYTES + 1_000);
  });

  it('of five at once is whole, on a disk that would be busy for minutes with the zeros', async () => {
    const { written, open } = slowSparseDisk(50_000);
    const told = await record(words(2 * HOUR, 5), open, { files: ['user-wav', 'mix-wav'] });
    const closed = told.filter((event) => event.type === 'file-closed');
    expect(closed.map(({ packets, dropped }) => [packets, dropped])).toEqual(Array(6).fill([50, 0]));
    expect(Math.max(...[...written.values()].map(({ bytes }) => bytes))).toBeLessThan(2 * SECOND_BYTES);
  });

  it('is behind zeros that are written where the sink has no holes', async () => {
    const disk = memoryDisk();
    const told = await record(words(20_000, 1), disk.open, { files: ['user-wav'] });
    const file = disk.files.get('1.wav')!;
    expect(told.at(-1)).toMatchObject({ bytes: file.length, durationMs: 21_000 });
    const { pcm } = parseWav(file);
    expect(pcm.length).toBe(21 * 96_000);
    expect(pcm.subarray(0, 20 * 96_000).every((sample) => sample === 0)).toBe(true);
  });

  it('comes after hours that fill whole parts, which are as long as they say', async () => {
    const { written, open } = slowSparseDisk(1e9);
    const maxWavBytes = 44 + 600 * SECOND_BYTES;
    const told = await record([...words(0, 1), ...words(1_500_000, 1)], open, { files: ['user-wav'], maxWavBytes });
    const closed = told.filter((event) => event.type === 'file-closed');
    expect(closed.map(({ startMs, durationMs }) => [startMs, durationMs])).toEqual([[0, 600_000], [600_000, 600_000], [1_200_000, 301_000]]); // prettier-ignore
    expect([...written.values()].map(({ length }) => length)).toEqual([maxWavBytes, maxWavBytes, 44 + 301 * SECOND_BYTES]);
  });
});

describe('on a real disk', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'rxvoice-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('the silence of an hour is there to be read, and takes no room', async () => {
    const told = await record([...words(0, 1), ...words(HOUR, 1)], folder, { files: ['user-wav'] });
    expect(told.at(-1)).toMatchObject({ type: 'file-closed', packets: 100, bytes: 44 + 2 * SECOND_BYTES });
    const { size, blocks } = statSync(join(folder, '1.wav'));
    expect(size).toBe(44 + 3_601 * SECOND_BYTES);
    // In units of 512 bytes; file systems round up.
    expect(blocks * 512).toBeLessThan(1_000_000);
    const file = openSync(join(folder, '1.wav'), 'r');
    const piece = (at: number, bytes: number): Buffer => {
      const read = Buffer.alloc(bytes);
      expect(readSync(file, read, 0, bytes, at)).toBe(bytes);
      return read;
    };
    expect(wavHeader(piece(0, 44)).dataBytes).toBe(3_601 * SECOND_BYTES);
    // Compared as memory and not sample by sample, because it is 700 MB.
    const silence = Buffer.alloc(SECOND_BYTES);
    const loud: number[] = [];
    for (let second = 0; second < 3_601; second += 1) {
      const sound = piece(44 + second * SECOND_BYTES, SECOND_BYTES);
      if (sound.equals(silence)) continue;
      loud.push(second);
      expect(Math.max(...new Int16Array(sound.buffer, sound.byteOffset + 19_200, 9_600))).toBeGreaterThan(10_000);
    }
    closeSync(file);
    expect(loud).toEqual([0, 3_600]);
  });
});
