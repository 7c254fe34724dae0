import { asyncScheduler, map, Subject, type SchedulerLike } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { JitterEvent } from '../../../../src/audio/jitter/event.js';
import { placeEvents } from '../../../../src/audio/recorder/place-events.js';
import type { Placed } from '../../../../src/audio/recorder/placement.js';
import { RecordingClock } from '../../../../src/audio/recorder/recording-clock.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { frame, lost, packet } from './stage.js';

/** The place in ms, or the text that replaces it. */
const text = ({ place }: Placed): string => (typeof place === 'object' && place !== null ? `${place.at / 48}` : String(place));
const FRAMES = { a: frame(0), b: frame(20), c: frame(40), l: lost(20), p: frame(1_000) };

describe('placeEvents', () => {
  it.each([
    ['never', '-', '', '-', '^'],
    ['empty', '--|', '', '--|', '^-!'],
    ['one, held for 250 ms', 'a 400ms |', '', '250ms 0 150ms |', '^ 400ms !'],
    ['a spurt: its beginning is held, the rest passes', 'a 19ms l 19ms c 400ms |', '', '250ms (abc) 186ms |', '^ 440ms !'],
    ['completion: what is held comes first', 'a 19ms b 29ms |', '', '50ms (ab|)', '^ 49ms !'],
    ['an error: what is held comes first', 'a 19ms b 29ms #', '', '50ms (ab#)', '^ 49ms !'],
    ['endless, and left', 'a 19ms b 900ms -', '^ 299ms !', '250ms (ab)', '^ 299ms !'],
    ['left while something is held', 'a 19ms b 900ms -', '^ 99ms !', '-', '^ 99ms !'],
    ['a second spurt, held like the first', 'a 999ms p 400ms |', '', '250ms 0 999ms p 150ms |', '^ 1400ms !'],
  ])('%s', (_, source, until, wanted, subscription) => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const events = cold<JitterEvent>(source, FRAMES);
      const placed$ = events.pipe(placeEvents(new RecordingClock(asyncScheduler), 10), map(text));
      expectObservable(placed$, until === '' ? undefined : until).toBe(wanted, { 0: '0', a: '0', b: '20', c: '40', p: '1000' });
      if (subscription !== '^') expectSubscriptions(events.subscriptions).toBe(subscription);
    });
  });

  it('keeps what has no place behind what it came behind', () => {
    const events$ = new Subject<JitterEvent>();
    const told: string[] = [];
    events$.pipe(placeEvents(new RecordingClock(asyncScheduler), 1), map(text)).subscribe((place) => told.push(place));
    events$.next(frame(0));
    events$.next({ type: 'late', packet: packet(0) });
    events$.next(frame(20, { frame: new Uint8Array(0) }));
    events$.next(frame(20, { ssrc: 2, userId: '2' }));
    expect(told).toEqual(['too-many-speakers']);
    events$.complete();
    expect(told.slice(1)).toEqual(['0', 'null', 'invalid']);
  });

  it('goes on where it was when the clock is set back by an hour', () => {
    let now = 10_000_000;
    const scheduler: SchedulerLike = { now: () => now, schedule: asyncScheduler.schedule.bind(asyncScheduler) };
    const events$ = new Subject<JitterEvent>();
    const places: number[] = [];
    events$.pipe(placeEvents(new RecordingClock(scheduler), 10), map(text)).subscribe((place) => places.push(Number(place)));
    for (let n = 0; n < 300; n++) {
      if (n === 100) now -= 3_600_000;
      events$.next(frame(20 * n, { arrival: now }));
      now += 20;
    }
    events$.complete();
    expect(places).toHaveLength(300);
    const steps = places.slice(1).map((at, i) => at - places[i]!);
    expect(Math.max(...steps)).toBeLessThan(25);
    expect(Math.min(...steps)).toBeGreaterThan(15);
  });
});
