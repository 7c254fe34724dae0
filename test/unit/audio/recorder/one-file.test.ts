/** One file per user, however the user's SSRCs change, and whenever the owner of an SSRC becomes known. */
import { describe, expect, it } from 'vitest';
import type { RecordingEvent } from '../../../../src/audio/index.js';
import type { JitterEvent } from '../../../../src/audio/jitter/event.js';
import { SpeakerKeys } from '../../../../src/audio/recorder/speaker.js';
import { memoryDisk, parseWav, recordedPackets } from '../../../support/recordings.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { frame, MS, recordingOf, timed, toneFrames } from './stage.js';

function record(events: readonly JitterEvent[]) {
  const disk = memoryDisk();
  const told: RecordingEvent[] = [];
  virtualTime(({ flush }) => {
    const timeline = events.map((event) => [event.type === 'frame' ? event.packet.arrival : 0, event] as const);
    recordingOf(timed(timeline), disk.open, { files: ['user-ogg', 'user-wav'] }).subscribe((event) => told.push(event));
    flush();
  });
  return { disk, closed: told.filter((event) => event.type === 'file-closed') };
}

const tone = toneFrames(200, 440);
const run = (from: number, count: number, fields: object): JitterEvent[] =>
  Array.from({ length: count }, (_, i) => frame(from + 20 * i, { frame: tone[i]!, ...fields }));

describe('a user', () => {
  it('who is named late has the file that his SSRC had, and the events say who he is', () => {
    const { disk, closed } = record([...run(0, 60, { userId: null, ssrc: 7 }), ...run(1_200, 60, { userId: '42', ssrc: 7 })]);
    expect([...disk.files.keys()].sort()).toEqual(['ssrc-7.ogg', 'ssrc-7.wav']);
    expect(closed.map(({ userId, packets, durationMs }) => [userId, packets, durationMs])).toEqual(Array(2).fill(['42', 120, 2_400]));
  });

  it('who is named late, and has a file already, goes on in that', () => {
    const events = [...run(0, 20, { userId: '42', ssrc: 1 }), ...run(400, 20, { userId: null, ssrc: 7 }), ...run(800, 20, { userId: '42', ssrc: 7 })];
    const { closed } = record(events);
    expect(closed.filter(({ kind }) => kind === 'user-ogg').map(({ path, userId, packets }) => [path, userId, packets]).sort()).toEqual([
      ['42.ogg', '42', 40],
      ['ssrc-7.ogg', null, 20],
    ]);
  });

  it('with two SSRCs at once has one file, no longer than he spoke; who has the place keeps it, and the rest is counted', () => {
    const both = [...run(0, 100, { ssrc: 1 }), ...run(7, 100, { ssrc: 2, timestamp: 0 }).map((event, i) => stamped(event, 90_000 + 960 * i))];
    const { disk, closed } = record(both.sort((a, b) => arrivalOf(a) - arrivalOf(b)));
    expect([...disk.files.keys()].sort()).toEqual(['1.ogg', '1.wav']);
    for (const { packets, dropped, durationMs } of closed) {
      expect(packets + dropped).toBe(200);
      expect(packets).toBeGreaterThanOrEqual(100);
      expect(durationMs).toBeLessThan(2_030);
    }
    const { pcm } = parseWav(disk.files.get('1.wav')!);
    expect(pcm.length).toBeLessThan(2_030 * 2 * MS);
    expect(recordedPackets(disk.files.get('1.ogg')!).length).toBeLessThan(102);
  });

  function stamped(event: JitterEvent, timestamp: number): JitterEvent {
    return event.type === 'frame' ? { ...event, packet: { ...event.packet, timestamp } } : event;
  }
  function arrivalOf(event: JitterEvent): number {
    return event.type === 'frame' ? event.packet.arrival : 0;
  }
});

describe('the keys of files', () => {
  it('are of users, and of SSRCs as long as nobody says whose they are', () => {
    const keys = new SpeakerKeys(10);
    const keyOf = (userId: string | null, ssrc: number): string | undefined => keys.keyOf({ userId, ssrc });
    expect([keyOf('1', 1), keyOf('1', 2), keyOf(null, 2), keyOf(null, 3), keyOf('3', 3), keyOf('3', 4), keyOf(null, 3)]).toEqual([
      ...['1', '1', '1', 'ssrc-3', 'ssrc-3', 'ssrc-3', 'ssrc-3'],
    ]);
    // An SSRC now belongs to another user.
    expect([keyOf('5', 3), keyOf('5', 1), keyOf('1', 9)]).toEqual(['5', '5', '1']);
    keys.forget(3);
    expect(keyOf(null, 3)).toBe('ssrc-3');
  });

  it('are as many as were asked for', () => {
    const keys = new SpeakerKeys(2);
    const all = [['1', 1], ['2', 2], ['3', 3], [null, 4], ['1', 5]] as const; // prettier-ignore
    expect(all.map(([userId, ssrc]) => keys.keyOf({ userId, ssrc }))).toEqual(['1', '2', undefined, undefined, '1']);
  });
});
