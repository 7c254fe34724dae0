/** What is decoded from the packets that arrived, and what is reported of the others. */
import { describe, expect, it } from 'vitest';
import { createOpusEncoder, type OpusCodec, type OpusFrameDuration, type RecordingEvent, type RecordOptions } from '../../../../src/audio/index.js';
import type { JitterEvent } from '../../../../src/audio/jitter/event.js';
import { memoryDisk, parseWav } from '../../../support/recordings.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { strength, tone } from '../voice-packets.js';
import { frame, MS, recordingOf, timed, toneFrames } from './stage.js';

function record(events: readonly JitterEvent[], options: RecordOptions) {
  const disk = memoryDisk();
  const told: RecordingEvent[] = [];
  virtualTime(({ flush }) => {
    const at = events.map((event) => ['packet' in event ? event.packet.arrival : 0, event] as const);
    recordingOf(timed(at), disk.open, options).subscribe((event) => told.push(event));
    flush();
  });
  const ofType = <T extends RecordingEvent['type']>(type: T) => told.filter((event): event is Extract<RecordingEvent, { type: T }> => event.type === type);
  return { disk, told, ofType };
}

describe.each([2.5, 40, 60, 80, 100, 120] as const)('packets of %d ms', (frameDuration: OpusFrameDuration) => {
  it('are in the WAV file as they sounded', () => {
    const encoder = createOpusEncoder({ frameDuration });
    const samples = frameDuration * MS;
    const events = Array.from({ length: Math.ceil(1_000 / frameDuration) }, (_, n) =>
      frame(n * frameDuration, { sequence: n, frame: encoder.encode(tone(440, samples, n * samples)) }),
    );
    encoder.free();
    const { disk, ofType } = record(events, { files: ['user-wav'] });
    expect(ofType('file-closed')).toMatchObject([{ packets: events.length, concealed: 0, lost: 0, dropped: 0, durationMs: events.length * frameDuration }]);
    expect(ofType('not-recorded')).toEqual([]);
    expect(strength(parseWav(disk.files.get('1.wav')!).pcm.subarray(19_200, 57_600), 440)).toBeGreaterThan(10_000);
  });
});

describe('what is not recorded is told', () => {
  it('of packets that the codec refuses: whose, how many, once a second, and why', () => {
    const refusing = (): OpusCodec => ({
      decode: () => {
        throw new Error('this codec takes 60 ms at most');
      },
    });
    const events = Array.from({ length: 75 }, (_, n) => frame(20 * n));
    const { told, ofType } = record(events, { files: ['user-wav'], codec: refusing });
    const wanted = { type: 'not-recorded', reason: 'undecodable', userId: '1', ssrc: 1, message: 'this codec takes 60 ms at most' };
    expect(ofType('not-recorded')).toMatchObject([wanted, wanted]);
    expect(ofType('not-recorded').reduce((sum, { packets }) => sum + packets, 0)).toBe(75);
    expect(told.at(-1)).toMatchObject({ type: 'file-closed', concealed: 75 });
  });

  it('of speakers who are too many', () => {
    const events = [1, 2, 3, 4, 3].map((user, n) => frame(20 * n, { userId: `${user}`, ssrc: user }));
    const { ofType } = record(events, { files: ['user-ogg', 'user-wav', 'mix-wav'], maxSpeakers: 2 });
    expect(ofType('not-recorded').map(({ reason, userId, ssrc, packets }) => [reason, userId, ssrc, packets])).toEqual([
      ['too-many-speakers', '3', 3, 2],
      ['too-many-speakers', '4', 4, 1],
    ]);
    expect(ofType('not-recorded')[0]!.message).toContain('maxSpeakers');
  });
});

it('a hundred and forty who speak at once are all decoded, and all in the mix', () => {
  const packets = toneFrames(20, 440);
  const events = packets.flatMap((bytes, n) =>
    Array.from({ length: 140 }, (_, user) => frame(20 * n, { userId: `${user}`, ssrc: user, frame: user === 139 ? bytes : Uint8Array.of(0xfc, 0xff, 0xfe) })),
  );
  const { disk, ofType } = record(events, { files: ['mix-wav'] });
  expect(ofType('not-recorded')).toEqual([]);
  expect(strength(parseWav(disk.files.get('mix.wav')!).pcm.subarray(1_920 * 8, 1_920 * 18), 440)).toBeGreaterThan(10_000);
});
