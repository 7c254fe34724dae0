/** `rxvoice record`: writes what is heard in a channel to files. */
import { merge, NEVER, takeUntil, timer, type Observable } from 'rxjs';
import type { RecordingEvent, RecordingKind } from '../../audio/recorder/events.js';
import { recordTo } from '../../audio/recorder/record-to.js';
import type { PlaceChoice } from '../place/choice.js';
import { musician } from '../place/guests.js';
import { join$ } from '../place/join.js';
import type { PlaceFact } from '../place/place-facts.js';

/** The place, and then the events of the recording, as `recordTo` of `rxvoice/audio` emits them. */
export type RecordFact = PlaceFact | RecordingEvent;

export interface RecordOptions {
  readonly place: PlaceChoice;
  readonly folder: string;
  readonly kinds: readonly RecordingKind[];
  /** Record only this user; undefined: everybody. */
  readonly userId: string | undefined;
  /** ms from when the session is ready; undefined: until it is stopped. */
  readonly duration: number | undefined;
  /** Whether existing files may be overwritten. */
  readonly overwrite: boolean;
}

/**
 * Records until it is stopped, or the session ends. After a stop nothing more is recorded, and it leaves when all files are complete.
 *
 * ```
 * stop$   -----------s
 * result  p-h-o---g---c-|     p place, h health, o file-opened, g progress, c file-closed
 * ```
 */
export function record$({ place, folder, kinds, userId, duration, overwrite }: RecordOptions, stop$: Observable<unknown>): Observable<RecordFact> {
  return join$({ choice: place, guest: musician, selfMute: true, stop$ }, (session) => {
    const enough$ = duration === undefined ? NEVER : timer(duration);
    return session.receive(userId).pipe(takeUntil(merge(stop$, enough$)), recordTo(folder, { files: kinds, overwrite }));
  });
}
