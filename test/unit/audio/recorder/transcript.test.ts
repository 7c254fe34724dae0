/** Who spoke when, written next to the audio. */
import { describe, expect, it } from 'vitest';
import type { RecordingEvent, RecordOptions } from '../../../../src/audio/index.js';
import type { JitterEvent } from '../../../../src/audio/jitter/event.js';
import { SILENCE_FRAME } from '../../../../src/protocol/silence.js';
import { memoryDisk } from '../../../support/recordings.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { frame, recordingOf, timed } from './stage.js';

const FILES = ['transcript-json', 'transcript-vtt'] as const;

function record(events: readonly JitterEvent[], options: RecordOptions = {}) {
  const disk = memoryDisk();
  const told: RecordingEvent[] = [];
  const inOrder = [...events].sort((a, b) => arrivalOf(a) - arrivalOf(b));
  virtualTime(({ flush }) => {
    recordingOf(timed(inOrder.map((event) => [arrivalOf(event), event] as const)), disk.open, { files: FILES, ...options }).subscribe((event) => told.push(event));
    flush();
  });
  const text = (name: string): string => Buffer.from(disk.files.get(name) ?? []).toString('utf8');
  return { disk, told, json: (): unknown => JSON.parse(text('transcript.json')), vtt: () => text('transcript.vtt') };
}

const arrivalOf = (event: JitterEvent): number => (event.type === 'frame' ? event.packet.arrival : 0);
/** `count` packets of speech from `at` on, followed by five silence frames. */
const spurt = (at: number, count: number, user: number, fields: object = {}): JitterEvent[] =>
  Array.from({ length: count + 5 }, (_, i) =>
    frame(at + 20 * i, { userId: `${user}`, ssrc: user, ...(i < count ? {} : { frame: SILENCE_FRAME }), ...fields }),
  );

describe('a transcript', () => {
  const events = [...spurt(100, 100, 1), ...spurt(1_000, 150, 2), ...spurt(5_000, 10, 1), ...spurt(5_300, 10, 1), ...spurt(3_700_000, 5, 2)];

  it('as JSON has every spurt, in the order of their beginnings, at the places that the audio has', () => {
    expect(record(events).json()).toEqual([
      { startMs: 100, endMs: 2_100, userId: '1', ssrc: 1 },
      { startMs: 1_000, endMs: 4_000, userId: '2', ssrc: 2 },
      { startMs: 5_000, endMs: 5_500, userId: '1', ssrc: 1 },
      { startMs: 3_700_000, endMs: 3_700_100, userId: '2', ssrc: 2 },
    ]);
  });

  it('as WebVTT has a cue for each, with the speaker in a voice span', () => {
    expect(record(events).vtt()).toBe(
      [
        ...['WEBVTT', '', '00:00:00.100 --> 00:00:02.100', '<v 1>1 speaks', ''],
        ...['00:00:01.000 --> 00:00:04.000', '<v 2>2 speaks', ''],
        ...['00:00:05.000 --> 00:00:05.500', '<v 1>1 speaks', ''],
        ...['01:01:40.000 --> 01:01:40.100', '<v 2>2 speaks', ''],
      ].join('\n'),
    );
  });

  it('is told of like other files, and is on the disk as it grows', () => {
    const { told } = record(events, { files: ['transcript-vtt', 'user-ogg'], begin: 'first-word' });
    const of = told.filter((event) => 'kind' in event && event.kind === 'transcript-vtt');
    expect(of.at(0)).toMatchObject({ type: 'file-opened', path: 'transcript.vtt', userId: null, ssrc: null, startMs: 0 });
    expect(of.at(-1)).toMatchObject({ type: 'file-closed', packets: 4, durationMs: 3_700_100, dropped: 0 });
    expect(of.filter(({ type }) => type === 'progress').length).toBeGreaterThan(0);
  });

  it('goes by the levels that the packets tell, and names who is not known by his SSRC', () => {
    const level = (voice: boolean, value: number) => ({ audioLevel: { voice, level: value } });
    const heard = [...spurt(0, 10, 1, { userId: null, ...level(false, 20) }), ...spurt(2_000, 10, 2, level(false, 100)), ...spurt(4_000, 10, 3, level(true, 100))];
    const { json, vtt } = record(heard);
    expect(json()).toMatchObject([{ userId: null, ssrc: 1 }, { userId: '3' }]);
    expect(vtt()).toContain('<v ssrc-1>ssrc-1 speaks');
  });

  it('tells who never pauses once a minute', () => {
    const endless = Array.from({ length: 50 * 150 }, (_, i) => frame(20 * i));
    expect(record(endless).json()).toMatchObject([
      { startMs: 0, endMs: 60_000 },
      { startMs: 60_000, endMs: 120_000 },
      { startMs: 120_000, endMs: 150_000 },
    ]);
  });

  it('of nobody is no file', () => {
    expect(record([frame(0, { frame: SILENCE_FRAME })]).disk.files.size).toBe(0);
  });
});
