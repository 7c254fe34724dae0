/** The placement as an RxJS operator. */
import { Observable, type OperatorFunction } from 'rxjs';
import type { JitterEvent } from '../jitter/event.js';
import { WakeUp } from '../timing/wake-up.js';
import { Placement, speakerOf, type Placed } from './placement.js';
import type { RecordingClock } from './recording-clock.js';

/**
 * Gives events their positions. The beginning of a spurt is held for 250 ms; the rest passes at once.
 *
 * ```
 * events    -a-b-c-d-e-----------|
 * placed    -------(abcd)-e------|     a to d: 250 ms from where `a` belongs
 * ```
 * Completion and errors pass after all held events.
 */
export function placeEvents(clock: RecordingClock, maxSpeakers: number): OperatorFunction<JitterEvent, Placed> {
  return (events$) =>
    new Observable((subscriber) => {
      const placement = new Placement(clock, maxSpeakers);
      const give = (all: readonly Placed[]): void => all.forEach((placed) => subscriber.next(placed));
      const wakeUp = new WakeUp(clock, (now) => {
        give(placement.advance(now));
        return placement.due;
      });
      const end = (): void => {
        wakeUp.stop();
        give(placement.flush());
      };
      subscriber.add(() => wakeUp.stop());
      subscriber.add(
        events$.subscribe({
          next: (event) => {
            give(placement.push(event));
            wakeUp.set(placement.dueOf(speakerOf(event).ssrc));
          },
          error: (error) => {
            end();
            subscriber.error(error);
          },
          complete: () => {
            end();
            subscriber.complete();
          },
        }),
      );
    });
}
