/** MP3 and M4A files, made by real ffmpeg processes: these run in real time, the recording on a clock that the test moves. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { directorySink, FfmpegError, RecordingError, recordTo, type OpenRecordingSink, type RecordingEvent, type RecordOptions } from '../../../../src/audio/index.js';
import type { JitterEvent } from '../../../../src/audio/jitter/event.js';
import { endOfProcessesWith, itWithFfmpeg, processesWith, temporaryFolder } from '../../../support/ffmpeg.js';
import { ManualScheduler } from '../../../support/manual-scheduler.mjs';
import { memoryDisk } from '../../../support/recordings.js';
import { strength } from '../voice-packets.js';
import { frame, recordingOf, toneFrames } from './stage.js';

const OUT_OF_FILES = fileURLToPath(new URL('../../../support/out-of-files.mjs', import.meta.url));
const folder = temporaryFolder();
const TONE = toneFrames(50, 440);

/** A recording to which the test passes packets. */
function stage(target: string | OpenRecordingSink, options: RecordOptions) {
  const scheduler = new ManualScheduler();
  const events$ = new Subject<JitterEvent>();
  const told: RecordingEvent[] = [];
  const over = new Promise<unknown>((resolve) => {
    recordingOf(events$, target, { ...options, scheduler }).subscribe({
      next: (event) => told.push(event),
      error: resolve,
      complete: () => resolve(undefined),
    });
  });
  return {
    told,
    over,
    /** Each of these users speaks from one time to another, in ms. */
    speak(users: readonly string[], from: number, to: number): void {
      for (let at = from; at < to; at += 20) {
        scheduler.advanceTo(at);
        for (const userId of users) events$.next(frame(at, { userId, ssrc: Number(userId), frame: TONE[(at / 20) % TONE.length]! }));
      }
      scheduler.advanceTo(to + 600);
    },
    now: () => scheduler.now(),
    end: () => events$.complete(),
    ofType: <T extends RecordingEvent['type']>(type: T) => told.filter((event): event is Extract<RecordingEvent, { type: T }> => event.type === type),
  };
}

interface Probed {
  readonly codec: string;
  readonly duration: number;
  readonly pcm: Int16Array;
}

/** What ffprobe and ffmpeg report about a file; neither may complain. */
function probed(path: string): Probed {
  const told = execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'stream=codec_name:format=duration', '-of', 'json', path], { encoding: 'utf8' });
  const { streams, format } = JSON.parse(told) as { streams: readonly { codec_name: string }[]; format: { duration: string } };
  const pcm = execFileSync('ffmpeg', ['-v', 'error', '-xerror', '-nostdin', '-i', path, '-ac', '2', '-ar', '48000', '-f', 's16le', 'pipe:1'], { maxBuffer: 1e8 });
  return { codec: streams[0]!.codec_name, duration: Number(format.duration) * 1_000, pcm: new Int16Array(Uint8Array.from(pcm).buffer) };
}

/** Waits for other processes without blocking the CPU; the recording's clock stands still. */
async function until(is: () => boolean): Promise<void> {
  while (!is()) await setTimeout(5);
}

/** Waits until no ffmpeg with this bitrate, which no other test uses, is left. */
const gone = (bitrate: number): Promise<string[]> => endOfProcessesWith(`-b:a ${bitrate}`);

describe('MP3 and M4A files', () => {
  itWithFfmpeg('of speakers and of the mix are valid, as long as the recording, and hold what was said', async () => {
    const directory = join(folder, 'all');
    const recording = stage(directory, { files: ['user-mp3', 'user-m4a', 'mix-mp3', 'mix-m4a'], fileBitrate: 96_001 });
    recording.speak(['1'], 1_000, 2_000);
    recording.speak(['1'], 3_000, 5_000);
    recording.end();
    expect(await recording.over).toBeUndefined();
    const closed = recording.ofType('file-closed');
    expect(closed.map(({ path }) => path.slice(directory.length + 1)).sort()).toEqual(['1.m4a', '1.mp3', 'mix.m4a', 'mix.mp3']);
    for (const { path, kind, bytes } of closed) {
      expect(statSync(path).size).toBe(bytes);
      const { codec, duration, pcm } = probed(path);
      expect(codec).toBe(kind.endsWith('mp3') ? 'mp3' : 'aac');
      expect(Math.abs(duration - 5_000), path).toBeLessThan(160);
      const at = (ms: number): number => strength(pcm.subarray(ms * 96, (ms + 700) * 96), 440);
      for (const silent of [100, 2_200]) expect(at(silent), path).toBeLessThan(50);
      for (const spoken of [1_150, 3_500]) expect(at(spoken), path).toBeGreaterThan(10_000);
    }
    expect(await gone(96_001)).toEqual([]);
  });

  itWithFfmpeg('of an ffmpeg that is killed end where they are, are told of, and go on in another part; others do not notice', async () => {
    const directory = join(folder, 'killed');
    const recording = stage(directory, { files: ['user-mp3', 'user-ogg'], fileBitrate: 96_002 });
    recording.speak(['1', '2'], 0, 3_000);
    await until(() => ['1.mp3', '2.mp3'].every((name) => existsSync(join(directory, name)) && statSync(join(directory, name)).size > 20_000));
    const [victim] = processesWith('-b:a 96002');
    process.kill(Number.parseInt(victim!, 10), 'SIGKILL');
    const at = Math.ceil(recording.now() / 20) * 20;
    recording.speak(['1', '2'], at, at + 1_000);
    await until(() => recording.ofType('file-failed').length > 0);
    const later = Math.ceil(recording.now() / 20) * 20;
    recording.speak(['1', '2'], later, later + 1_000);
    recording.end();
    expect(await recording.over).toBeUndefined();
    const [failed] = recording.ofType('file-failed');
    expect(recording.ofType('file-failed')).toHaveLength(1);
    expect(failed).toMatchObject({ kind: 'user-mp3', part: 1, goesOn: true });
    expect(failed!.error).toBeInstanceOf(FfmpegError);
    expect(failed!.error.message).toContain('SIGKILL');
    expect(statSync(failed!.path).size).toBe(failed!.bytes);
    expect(strength(probed(failed!.path).pcm.subarray(96 * 500, 96 * 1_300), 440)).toBeGreaterThan(10_000);
    const closed = recording.ofType('file-closed');
    const other = failed!.userId === '1' ? '2' : '1';
    expect(closed.map(({ kind, userId, part }) => `${kind} ${userId} ${part}`).sort()).toEqual(
      ['user-ogg 1 1', 'user-ogg 2 1', `user-mp3 ${other} 1`, `user-mp3 ${failed!.userId} 2`].sort(),
    );
    const whole = closed.find(({ kind, userId }) => kind === 'user-mp3' && userId === other)!;
    expect(Math.abs(probed(whole.path).duration - (later + 1_000))).toBeLessThan(160);
    const rest = closed.find(({ part }) => part === 2)!;
    expect(rest.startMs + rest.durationMs).toBe(later + 1_000);
    expect(Math.abs(probed(rest.path).duration - rest.durationMs)).toBeLessThan(160);
    expect(await gone(96_002)).toEqual([]);
  });

  itWithFfmpeg('on a disk that fails are a RecordingError, and leave no ffmpeg', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    let closed = 0;
    const open: OpenRecordingSink = () => ({ write: () => Promise.reject(full), close: () => void (closed += 1) });
    const recording = stage(open, { files: ['user-m4a'], fileBitrate: 96_003 });
    recording.speak(['1'], 0, 3_000);
    recording.end();
    const error = await recording.over;
    expect(error).toBeInstanceOf(RecordingError);
    expect(error).toMatchObject({ cause: full });
    expect((error as Error).message).toContain('ENOSPC');
    expect(await gone(96_003)).toEqual([]);
    expect(closed).toBe(1);
  });

  itWithFfmpeg('on a disk that is slow lose what has no room, say how much, and are valid', async () => {
    const directory = join(folder, 'slow');
    mkdirSync(directory);
    let go = (): void => undefined;
    const slow = new Promise<void>((resolve) => (go = resolve));
    const disk = directorySink(directory);
    const open: OpenRecordingSink = async (name) => {
      const file = await disk(name);
      return { path: file.path!, close: () => file.close(), write: async (bytes, position) => (await slow, file.write(bytes, position)) };
    };
    const recording = stage(open, { files: ['user-mp3'], fileBitrate: 320_000, queueBytes: 100_000 });
    recording.speak(['1'], 0, 20_000);
    const dropped = (): number => recording.ofType('dropped').reduce((sum, { packets }) => sum + packets, 0);
    expect(dropped()).toBeGreaterThan(300);
    go();
    recording.end();
    expect(await recording.over).toBeUndefined();
    const [closed] = recording.ofType('file-closed');
    expect(closed!.packets + closed!.dropped).toBe(1_000);
    expect(recording.ofType('dropped').every(({ reason }) => reason === 'slow-disk')).toBe(true);
    expect(Math.abs(probed(closed!.path).duration - closed!.durationMs)).toBeLessThan(160);
  });
});

describe('without an ffmpeg', () => {
  it('the recording fails at once, with the cure, before anybody has spoken', async () => {
    const disk = memoryDisk();
    const recording = stage(disk.open, { files: ['user-ogg', 'mix-mp3'], ffmpeg: join(folder, 'none') });
    const error = await recording.over;
    expect(error).toBeInstanceOf(FfmpegError);
    expect((error as Error).message).toContain('option ffmpeg');
    expect(disk.files.size).toBe(0);
  });

  it('without the encoder, too', async () => {
    const path = join(folder, 'no-lame');
    writeFileSync(path, '#!/bin/sh\necho " A....D aac                  AAC (Advanced Audio Coding)"\n');
    chmodSync(path, 0o755);
    const error = await stage(memoryDisk().open, { files: ['user-mp3'], ffmpeg: path }).over;
    expect(error).toBeInstanceOf(FfmpegError);
    expect((error as Error).message).toContain('without libmp3lame');
  });

  it('for there are too many files open is told so, and is no crash', () => {
    const said = execFileSync('sh', ['-c', 'ulimit -n 60; exec "$0" "$1"', process.execPath, OUT_OF_FILES], { encoding: 'utf8' });
    expect(said).toMatch(/^FfmpegError: .*ulimit -n/);
  });

  it.each([31_999, 320_001, NaN])('a bitrate of %d is refused', (fileBitrate) => {
    expect(() => recordTo(folder, { files: ['user-mp3'], fileBitrate })).toThrow('fileBitrate');
  });
});
