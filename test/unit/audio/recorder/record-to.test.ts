import { describe, expect, it } from 'vitest';
import { asyncScheduler, concat, EMPTY, NEVER, Observable, Subject, take, takeUntil, throwError, timer } from 'rxjs';
import { VoiceOptionsError } from '../../../../src/errors.js';
import { recordTo, type RecordingEvent } from '../../../../src/audio/index.js';
import type { VoicePacket } from '../../../../src/index.js';
import { texts } from '../../../support/collect.js';
import { memoryDisk, recordedPackets, parseOgg } from '../../../support/recordings.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { packet, timed } from './stage.js';

const at = (ms: number, arrival = ms): [number, VoicePacket] => [arrival, packet(ms, { arrival })];
const lastPage = (file: Uint8Array): boolean => parseOgg(file).at(-1)!.last;

describe('recordTo', () => {
  it('has a jitter buffer inside: what overtook is put in order, what came twice is there once, what never came is counted', () => {
    const disk = memoryDisk();
    const told: RecordingEvent[] = [];
    virtualTime(({ flush }) => {
      const packets = [at(100), at(120), at(160), at(140, 165), at(140, 166), at(180), at(220), at(240)];
      timed(packets).pipe(recordTo(disk.open)).subscribe((event) => told.push(event));
      flush();
    });
    const frames = recordedPackets(disk.files.get('1.ogg')!).filter((one) => one.length === 3 && one[1] !== 0xff);
    expect(texts(frames)).toEqual(texts([100, 120, 140, 160, 180, 220, 240].map((ms) => packet(ms).frame)));
    expect(told.at(-1)).toMatchObject({ type: 'file-closed', packets: 7, lost: 1, late: 0, durationMs: 260 });
  });

  it('passes the options of the jitter buffer on, and says at once when one is wrong', () => {
    const wrong = { jitter: { minDelay: -1 } };
    expect(() => NEVER.pipe(recordTo('x', wrong))).toThrow(VoiceOptionsError);
    expect(() => recordTo('x', { queueBytes: -1 })).toThrow('queueBytes');
  });

  it('completes with its source, empty or not; an error is passed on when the files are closed', () => {
    virtualTime(({ expectObservable, cold, flush }) => {
      const disk = memoryDisk();
      expectObservable(EMPTY.pipe(recordTo(disk.open))).toBe('|');
      expectObservable(NEVER.pipe(recordTo(disk.open)), '^ 9s !').toBe('-');
      expectObservable(throwError(() => 'early').pipe(recordTo(disk.open))).toBe('#', {}, 'early');
      const packets = cold('a 19ms b 29ms #', { a: packet(0), b: packet(20) }, 'torn');
      const events: string[] = [];
      packets.pipe(recordTo(disk.open)).subscribe({
        next: ({ type }) => events.push(`${asyncScheduler.now()} ${type}`),
        error: (error: unknown) => events.push(`${asyncScheduler.now()} ${String(error)} ${[...disk.closed].join()}`),
      });
      flush();
      expect(events.slice(-2)).toEqual(['50 file-closed', '50 torn 1.ogg']);
    });
  });

  it('unsubscribes from its source when it is left, and from nothing before', () => {
    virtualTime(({ hot, expectSubscriptions, expectObservable }) => {
      const source = hot('     --a---b---c--', { a: packet(2), b: packet(6), c: packet(10) });
      const subscription = '   ^-------!';
      expectObservable(source.pipe(recordTo(memoryDisk().open), take(9)), subscription);
      expectSubscriptions(source.subscriptions).toBe('^-------!');
    });
  });

  it.each(['takeUntil before it', 'unsubscribe'])('%s, while packets wait in the jitter buffer: they are in the file', (how) => {
    virtualTime(({ flush }) => {
      const disk = memoryDisk();
      const stop$ = timer(65);
      // 40 is missing, so 60 waits for it.
      const packets$ = concat(timed([at(0), at(20), at(60)]), NEVER);
      let completed = false;
      if (how === 'unsubscribe') packets$.pipe(recordTo(disk.open, { jitter: { minDelay: 100 } }), takeUntil(stop$)).subscribe();
      else packets$.pipe(takeUntil(stop$), recordTo(disk.open, { jitter: { minDelay: 100 } })).subscribe({ complete: () => (completed = true) });
      asyncScheduler.schedule(() => {
        expect([...disk.closed]).toEqual(['1.ogg']);
        expect(completed).toBe(how !== 'unsubscribe');
        const file = disk.files.get('1.ogg')!;
        expect(lastPage(file)).toBe(true);
        expect(recordedPackets(file).map(({ length }) => length)).toEqual([3, 3, 1, 3]);
      }, 66);
      flush();
    });
  });

  it('stops a source that gives everything at once', () => {
    const disk = memoryDisk();
    let given = 0;
    const endless$ = new Observable<VoicePacket>((subscriber) => {
      while (!subscriber.closed && given < 100_000) subscriber.next(packet(20 * given++, { arrival: 0 }));
    });
    endless$.pipe(recordTo(disk.open, { jitter: { minDelay: 0 } }), take(1)).subscribe();
    expect(given).toBeLessThan(1_000);
    expect([...disk.closed]).toEqual(['1.ogg']);
  });

  it('is a recording of its own for each subscription', () => {
    const disks = [memoryDisk(), memoryDisk()];
    let opened = 0;
    const packets$ = new Subject<VoicePacket>();
    const recording$ = packets$.pipe(recordTo((name) => disks[opened++]!.open(name), { jitter: { minDelay: 0 } }));
    const subscriptions = [recording$.subscribe(), recording$.subscribe()];
    packets$.next(packet(0));
    subscriptions[0]!.unsubscribe();
    expect(disks.map(({ closed }) => closed.size)).toEqual([1, 0]);
    subscriptions[1]!.unsubscribe();
    expect(disks.map(({ closed }) => closed.size)).toEqual([1, 1]);
  });
});
