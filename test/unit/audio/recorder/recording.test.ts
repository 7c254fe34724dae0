import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asyncScheduler, NEVER, Observable, of, Subject, take, throwError } from 'rxjs';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { createOpusDecoder, oggOpus, RecordingError, type RecordingEvent, type RecordOptions } from '../../../../src/audio/index.js';
import type { JitterEvent } from '../../../../src/audio/jitter/event.js';
import { opusPacketSamples } from '../../../../src/protocol/opus-packet.js';
import { collect, texts } from '../../../support/collect.js';
import { memoryDisk, oggPackets, parseOgg, parseWav, prismPackets, recordedPackets, samplesOf } from '../../../support/recordings.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { frame, lost, MS, packet, recordingOf, timed, toneFrames } from './stage.js';


/** Records events at their arrival times, in virtual time. */
function record(events: readonly JitterEvent[], options: RecordOptions = {}, times?: readonly number[]) {
  const disk = memoryDisk();
  const told: RecordingEvent[] = [];
  let at = 0;
  const timeline = events.map((event, i) => {
    at = Math.max(at, times?.[i] ?? ('packet' in event ? event.packet.arrival : at));
    return [at, event] as const;
  });
  let completed = false;
  let error: unknown;
  virtualTime(({ flush }) => {
    recordingOf(timed(timeline), disk.open, options).subscribe({
      next: (event) => told.push(event),
      complete: () => (completed = true),
      error: (failure) => (error = failure),
    });
    flush();
  });
  return { disk, told, completed, error };
}

const ofType = <T extends RecordingEvent['type']>(told: readonly RecordingEvent[], type: T) =>
  told.filter((event): event is Extract<RecordingEvent, { type: T }> => event.type === type);

describe('the file of a speaker', () => {
  it('holds his packets at their places, and silence between them', () => {
    const events = [frame(100), frame(120), lost(140), frame(160), frame(500)];
    const { disk, told, completed } = record(events);
    expect(completed).toBe(true);
    const packets = recordedPackets(disk.files.get('1.ogg')!);
    const sent = new Set(events.flatMap((event) => (event.type === 'frame' ? texts([event.packet.frame]) : [])));
    let at = 0;
    const places: number[] = [];
    for (const one of packets) {
      if (sent.has(texts([one])[0]!)) places.push(at);
      at += Number(opusPacketSamples(one)) / MS;
    }
    expect(places).toEqual([100, 120, 160, 500]);
    expect(at).toBe(520);
    // The loss is left for the player to conceal; the pause becomes silence.
    expect(packets.slice(7, 10).map((one) => Buffer.from(one).toString('hex'))).toEqual(['fc', 'fca000', 'fcfffe']);
    expect(told).toEqual([
      { type: 'file-opened', kind: 'user-ogg', userId: '1', ssrc: 1, part: 1, path: '1.ogg', startMs: 0 },
      {
        ...{ type: 'file-closed', kind: 'user-ogg', userId: '1', ssrc: 1, part: 1, path: '1.ogg', startMs: 0, durationMs: 520 },
        ...{ bytes: disk.files.get('1.ogg')!.length, packets: 4, lost: 1, late: 0, concealed: 0, dropped: 0 },
      },
    ]);
  });

  it('begins at his first word, when asked to, and says when that was', () => {
    const { disk, told } = record([frame(3_000), frame(3_020)], { begin: 'first-word' });
    expect(samplesOf(recordedPackets(disk.files.get('1.ogg')!))).toBe(1_920);
    expect(told.map((event) => 'startMs' in event && event.startMs)).toEqual([3_000, 3_000]);
  });

  it('is one file, though he comes back with another SSRC', () => {
    const back = { ssrc: 9, timestamp: 77, sequence: 5 };
    const { disk, told } = record([frame(0), frame(20), frame(1_000, back), frame(1_020, { ...back, timestamp: 77 + 960 })]);
    expect([...disk.files.keys()]).toEqual(['1.ogg']);
    expect(ofType(told, 'file-closed')).toMatchObject([{ packets: 4, durationMs: 1_040 }]);
  });

  it('leaves losses of 120 ms to the player, and makes silence of longer ones, and of pauses', () => {
    const at = [0, 160, 320];
    const losses = [20, 40, 60, 80, 100, 120, 180, 200, 220, 240, 260, 280, 300];
    const { disk } = record([...at, ...losses].sort((a, b) => a - b).map((ms) => (at.includes(ms) ? frame(ms) : lost(ms))), {}, []);
    const filled = recordedPackets(disk.files.get('1.ogg')!).map((one) => (one.length === 1 ? 'nothing' : one[1] === 0xff ? 'silence' : 'frame'));
    expect(filled).toEqual(['frame', ...Array(7).fill('silence'), 'frame', ...Array(7).fill('silence'), 'frame']);
    const short = record([frame(0), lost(20), lost(40), lost(60), lost(80), lost(100), lost(120), frame(140)]);
    expect(recordedPackets(short.disk.files.get('1.ogg')!).map(({ length }) => length)).toEqual([3, 1, 1, 1, 1, 1, 1, 3]);
    const pause = record([frame(0), frame(60)]);
    expect(recordedPackets(pause.disk.files.get('1.ogg')!).map(({ length }) => length)).toEqual([3, 3, 3, 3]);
  });

  it('is named for the SSRC while nobody has said whose it is', () => {
    const { disk } = record([frame(0, { userId: null, ssrc: 77 })], { files: ['user-ogg', 'user-wav'] });
    expect([...disk.files.keys()].sort()).toEqual(['ssrc-77.ogg', 'ssrc-77.wav']);
  });

  it('never has a name that leads elsewhere, or is taken', () => {
    const events = ['../a', '../b', 'A', 'a'].map((userId, i) => frame(20 * i, { userId, ssrc: i }));
    const { disk } = record(events, { name: ({ userId }) => `../../${userId === '../a' ? 'x' : userId}` });
    expect([...disk.files.keys()].sort()).toEqual(['_.._.._.._b', '_.._.._A', '_.._.._a-2', '_.._.._x']);
  });

  it('holds silence for hours without using memory, or time', () => {
    const { disk, told } = record([frame(0), frame(3_600_000 * 3)]);
    expect(ofType(told, 'file-closed')[0]!.durationMs).toBe(3_600_000 * 3 + 20);
    expect(ofType(told, 'progress').length).toBeLessThan(3);
    expect(disk.files.get('1.ogg')!.length).toBeLessThan(3_600 * 3 * 50 * 5);
  });

  it('counts what is late, lost, no Opus, and without a place', () => {
    const events: JitterEvent[] = [
      frame(0, { userId: '2', ssrc: 2, frame: new Uint8Array(0) }),
      ...[frame(0), lost(20), frame(40)],
      { type: 'late', packet: packet(20) },
      ...[frame(60, { frame: Uint8Array.of(0xff, 0) }), frame(80, { timestamp: 0 })],
    ];
    const { told } = record(events);
    expect(ofType(told, 'file-closed')).toMatchObject([{ packets: 2, lost: 1, late: 1, dropped: 2 }]);
    const drops = ofType(told, 'dropped').map(({ reason, packets, part, userId }) => [reason, packets, part, userId]);
    expect(drops).toEqual([
      ['invalid', 1, 0, null],
      ['invalid', 1, 1, '1'],
      ['no-place', 1, 1, '1'],
    ]);
  });

  it('is not made for one speaker too many', () => {
    const events = [1, 2, 3, 3].map((user, i) => frame(20 * i, { userId: `${user}`, ssrc: user }));
    const { disk, told } = record(events, { maxSpeakers: 2 });
    expect([...disk.files.keys()]).toEqual(['1.ogg', '2.ogg']);
    expect(ofType(told, 'dropped')).toMatchObject([{ reason: 'too-many-speakers', packets: 2 }]);
  });

  it('is no longer than the recording, whatever the clock of a packet says', () => {
    const { told } = record([frame(20), frame(1e12, { ssrc: 2 })], {}, [20, 40]);
    expect(ofType(told, 'file-closed')).toMatchObject([{ packets: 2, durationMs: 60 }]);
  });

  it('whatever comes, is a sound Ogg file, as long as the last packet in it lets it be', async () => {
    const event: fc.Arbitrary<JitterEvent & { readonly step: number }> = fc
      .record({
        type: fc.constantFrom('frame', 'frame', 'frame', 'lost', 'late'),
        step: fc.oneof(fc.constant(20), fc.nat(50), fc.nat(4_000)),
        ssrc: fc.constantFrom(1, 1, 1, 2),
        userId: fc.constantFrom('1', '1', null),
        sequence: fc.nat(0xffff),
        timestamp: fc.oneof(fc.nat(50).map((n) => 960 * n), fc.nat(0xffff_ffff)),
        frame: fc.oneof(fc.constantFrom(0xe0, 0xf0, 0xf8, 0xfc, 0x58).map((toc) => Uint8Array.of(toc, 7)), fc.uint8Array({ maxLength: 8 })),
        marker: fc.boolean(),
      })
      .map(({ type, step, ...fields }) =>
        type === 'lost' ? { type, step, samples: 960, ...fields } : { type: type as 'frame' | 'late', step, packet: packet(0, fields) },
      );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 50 }), async (steps) => {
        let at = 0;
        const events = steps.map(({ step, ...one }) => {
          at += step;
          return ('packet' in one ? { ...one, packet: { ...one.packet, arrival: at } } : one) as JitterEvent;
        });
        const { disk, told, completed } = record(events);
        expect(completed).toBe(true);
        const closed = ofType(told, 'file-closed');
        expect(closed.map(({ path }) => path).sort()).toEqual([...disk.files.keys()].sort());
        expect([...disk.closed].sort()).toEqual([...disk.files.keys()].sort());
        const frames = events.filter(({ type }) => type === 'frame').length;
        const homeless = ofType(told, 'dropped').filter(({ part }) => part === 0);
        const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
        expect(sum(closed.map(({ packets, dropped }) => packets + dropped)) + sum(homeless.map(({ packets }) => packets))).toBe(frames);
        for (const { path, durationMs, bytes } of closed) {
          const file = disk.files.get(path)!;
          expect(file).toHaveLength(bytes);
          const pages = parseOgg(file);
          const packets = recordedPackets(file);
          expect(pages.at(-1)!.last).toBe(true);
          expect(samplesOf(packets)).toBe(durationMs * MS);
          expect(texts((await collect(oggOpus(file))).items)).toEqual(texts(oggPackets(file)));
        }
      }),
      { seed: 20_261_121, numRuns: 150 },
    );
  });
});

describe('WAV and Ogg of one speaker', () => {
  it('line up, losses, pauses and all', async () => {
    const tone = toneFrames(50, 440);
    const events = tone.flatMap((bytes, i): JitterEvent[] => {
      const at = 300 + 20 * i + (i >= 30 ? 730 : 0);
      return i === 10 || i === 11 ? [lost(at)] : [frame(at, { frame: bytes })];
    });
    const { disk, told } = record(events, { files: ['user-ogg', 'user-wav'] });
    const closed = ofType(told, 'file-closed');
    expect(closed.map(({ kind, durationMs, packets, lost: missing, concealed }) => [kind, durationMs, packets, missing, concealed]).sort()).toEqual([
      ['user-ogg', 300 + 1_000 + 730, 48, 2, 0],
      ['user-wav', 300 + 1_000 + 730, 50, 2, 2],
    ]);
    const { pcm, rate, channels } = parseWav(disk.files.get('1.wav')!);
    expect([rate, channels, pcm.length]).toEqual([48_000, 2, 2 * 2_030 * MS]);
    const loud = (from: number, to: number): number => Math.max(...pcm.subarray(from * 96, to * 96));
    expect(loud(0, 300)).toBe(0);
    expect(loud(310, 490)).toBeGreaterThan(10_000);
    expect(loud(900, 910)).toBe(loud(900, 910));
    expect(loud(930, 1_630)).toBe(0);
    expect(loud(1_640, 1_900)).toBeGreaterThan(10_000);
    expect(samplesOf((await prismPackets(disk.files.get('1.ogg')!)).slice(1))).toBe(2_030 * MS);
  });
});

describe('the mix', () => {
  /** The level of a tone in a part of a file, from 0 to 1. */
  const loudness = (pcm: Int16Array, from: number, to: number, hertz: number): number => {
    let re = 0;
    let im = 0;
    for (let i = from * MS; i < to * MS; i++) {
      re += pcm[2 * i]! * Math.cos((2 * Math.PI * hertz * i) / 48_000);
      im += pcm[2 * i]! * Math.sin((2 * Math.PI * hertz * i) / 48_000);
    }
    return (2 * Math.hypot(re, im)) / ((to - from) * MS * 32_768);
  };
  const tones = [400, 1_000].map((hertz) => toneFrames(50, hertz));
  const events = [
    ...tones[0]!.map((bytes, i) => frame(500 + 20 * i, { frame: bytes })),
    ...tones[1]!.map((bytes, i) => frame(1_000 + 20 * i, { frame: bytes, userId: '2', ssrc: 2, timestamp: 960 * i })),
  ].sort((a, b) => (a.type === 'frame' && b.type === 'frame' ? a.packet.arrival - b.packet.arrival : 0));

  function expectBoth(pcm: Int16Array): void {
    const heard = [[0, 480], [540, 960], [1_040, 1_460], [1_540, 1_960]].map(([from, to]) =>
      [400, 1_000].map((hertz) => Math.round(10 * loudness(pcm, from!, to!, hertz))),
    ); // prettier-ignore
    expect(heard).toEqual([[0, 0], [4, 0], [4, 4], [0, 4]]); // prettier-ignore
  }

  it('as WAV has everybody in his place', () => {
    const { disk, told, completed } = record(events, { files: ['mix-wav'] });
    expect(completed).toBe(true);
    expect([...disk.files.keys()]).toEqual(['mix.wav']);
    expectBoth(parseWav(disk.files.get('mix.wav')!).pcm);
    expect(ofType(told, 'file-closed')).toMatchObject([{ kind: 'mix-wav', userId: null, ssrc: null, durationMs: 2_000 }]);
  });

  it('as Ogg has, too, and long silence is not encoded', () => {
    const late = tones[0]!.map((bytes, i) => frame(9_000 + 20 * i, { frame: bytes }));
    const { disk, told } = record([...events, ...late], { files: ['mix-ogg', 'user-ogg'] });
    const decoder = createOpusDecoder();
    const packets = oggPackets(disk.files.get('mix.ogg')!);
    const pcm = new Int16Array(packets.length * 1_920);
    packets.forEach((one, i) => pcm.set(decoder.decode(one), i * 1_920));
    decoder.free();
    expectBoth(pcm);
    expect(loudness(pcm, 9_040, 9_900, 400)).toBeCloseTo(0.37, 1);
    expect(packets.filter((one) => one.length > 3).length).toBeLessThan(140);
    expect(ofType(told, 'file-closed').find(({ kind }) => kind === 'mix-ogg')!.durationMs).toBe(10_000);
  });

  it('without anybody is no file', () => {
    const { disk, completed } = record([], { files: ['mix-wav', 'mix-ogg'] });
    expect([disk.files.size, completed]).toEqual([0, true]);
  });
});

describe('a WAV file that gets too long', () => {
  it('is followed by another part, and no sample is missing, or twice', () => {
    const tone = toneFrames(150, 300);
    const events = tone.map((bytes, i) => frame(20 * i + (i >= 100 ? 2_500 : 0), { frame: bytes }));
    const whole = parseWav(record(events, { files: ['user-wav'] }).disk.files.get('1.wav')!).pcm;
    const { disk, told, completed } = record(events, { files: ['user-wav'], maxWavBytes: 44 + 192_000 + 192 * 333 });
    expect(completed).toBe(true);
    const parts = [...disk.files].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
    expect(parts.map(([name]) => name).sort()).toEqual(['1.part2.wav', '1.part3.wav', '1.part4.wav', '1.part5.wav', '1.wav']);
    const closed = ofType(told, 'file-closed');
    expect(closed.map(({ part }) => part)).toEqual([1, 2, 3, 4, 5]);
    const joined = closed.flatMap(({ path, startMs, durationMs }, i) => {
      expect(startMs).toBe(i === 0 ? 0 : closed[i - 1]!.startMs + closed[i - 1]!.durationMs);
      const { pcm } = parseWav(disk.files.get(path)!);
      expect(pcm.length).toBe(durationMs * 96);
      expect(44 + pcm.byteLength).toBeLessThanOrEqual(44 + 192_000 + 192 * 333);
      return [...pcm];
    });
    expect(Buffer.compare(Buffer.from(Int16Array.from(joined).buffer), Buffer.from(whole.buffer))).toBe(0);
    expect(closed.reduce((sum, { packets }) => sum + packets, 0)).toBe(150);
  });
});

describe('a recording in progress', () => {
  it('is on the disk but for a second, also when nothing follows', () => {
    virtualTime(({ flush }) => {
      const disk = memoryDisk();
      const events$ = new Subject<JitterEvent>();
      const progress: number[] = [];
      recordingOf(events$, disk.open, { files: ['user-ogg', 'user-wav'] }).subscribe((event) => {
        if (event.type === 'progress' && event.kind === 'user-wav') progress.push(event.durationMs);
      });
      const tone = toneFrames(75, 440);
      timed(tone.map((bytes, i) => [20 * i, frame(20 * i, { frame: bytes })])).subscribe((event) => events$.next(event));
      asyncScheduler.schedule(() => {
        expect(parseWav(disk.files.get('1.wav')!).pcm.length).toBe(96_000);
        // The page of one second includes the pre-skip silence.
        expect(samplesOf(recordedPackets(disk.files.get('1.ogg')!))).toBe(49 * 960);
      }, 1_400);
      asyncScheduler.schedule(() => {
        expect(parseWav(disk.files.get('1.wav')!).pcm.length).toBe(144_000);
        expect(samplesOf(recordedPackets(disk.files.get('1.ogg')!))).toBe(72_000);
        expect(disk.closed.size).toBe(0);
        expect(progress).toEqual([1_000, 1_500]);
        events$.complete();
      }, 3_500);
      flush();
      expect([...disk.closed].sort()).toEqual(['1.ogg', '1.wav']);
    });
  });
});

describe('as an operator', () => {
  const events = [frame(0), frame(20)];

  it('of a source that is empty completes without a file', () => {
    const { disk, told, completed } = record([]);
    expect([disk.files.size, told, completed]).toEqual([0, [], true]);
  });

  it('of one that never emits has no file, and no timer after it was left', () => {
    virtualTime(({ expectObservable, cold }) => {
      const source = cold<JitterEvent>('-');
      expectObservable(recordingOf(source, memoryDisk().open), '^ 5s !').toBe('-');
      expectObservable(recordingOf(NEVER, memoryDisk().open), '^ 5s !').toBe('-');
    });
  });

  it('that was left finishes its files by itself', () => {
    const disk = memoryDisk();
    const events$ = new Subject<JitterEvent>();
    virtualTime(({ flush }) => {
      const subscription = recordingOf(events$, disk.open).subscribe();
      for (const event of events) events$.next(event);
      asyncScheduler.schedule(() => {
        expect(disk.closed.size).toBe(0);
        subscription.unsubscribe();
      }, 300);
      flush();
    });
    expect(events$.observed).toBe(false);
    expect([...disk.closed]).toEqual(['1.ogg']);
    expect(parseOgg(disk.files.get('1.ogg')!).at(-1)!.last).toBe(true);
  });

  it('that was left within its first event finishes its files, too', () => {
    const disk = memoryDisk();
    recordingOf(of(...events), disk.open).pipe(take(1)).subscribe();
    expect([...disk.closed]).toEqual(['1.ogg']);
  });

  it('passes an error of the source on, and finishes its files', () => {
    const disk = memoryDisk();
    const broken$ = new Observable<JitterEvent>((subscriber) => {
      for (const event of events) subscriber.next(event);
      subscriber.error(new Error('torn'));
    });
    let error: unknown;
    recordingOf(broken$, disk.open).subscribe({ error: (failure) => (error = failure) });
    expect(error).toMatchObject({ message: 'torn' });
    expect([...disk.closed]).toEqual(['1.ogg']);
    recordingOf(throwError(() => 7), disk.open).subscribe({ error: (failure) => (error = failure) });
    expect(error).toBe(7);
  });

  it('is cold: each subscription is a recording of its own', () => {
    const disks = [memoryDisk(), memoryDisk()];
    const opened: number[] = [];
    let count = 0;
    const recording$ = recordingOf(events, (name) => {
      opened.push(count);
      return disks[count++]!.open(name);
    });
    expect(opened).toEqual([]);
    recording$.subscribe();
    recording$.subscribe();
    expect(disks.map(({ closed }) => [...closed])).toEqual([['1.ogg'], ['1.ogg']]);
  });

  it.each([{ queueBytes: 0 }, { maxWavBytes: 100 }, { maxWavBytes: 2 ** 32 }, { maxSpeakers: 0.5 }])('refuses %o', (options) => {
    expect(() => recordingOf([], 'x', options)).toThrow(VoiceOptionsError);
  });

  it('refuses a kind that there is not', () => {
    expect(() => recordingOf([], 'x', { files: ['mp3' as 'user-ogg'] })).toThrow(/^files\[0\]: must be one of .*and is 'mp3'/);
  });
});

it('an error says what failed, where, and why', () => {
  const error = new RecordingError('write', 'a/1.ogg', new Error('ENOSPC'));
  expect(error).toMatchObject({ code: 'recording', retryable: false, name: 'RecordingError', operation: 'write', path: 'a/1.ogg' });
  expect(error.message).toMatch(/a\/1\.ogg failed to write: ENOSPC/);
});
