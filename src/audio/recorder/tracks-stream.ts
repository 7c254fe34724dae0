/** The files of one kind, as an Observable of their events. */
import { interval, Observable } from 'rxjs';
import type { Container } from './container.js';
import type { RecordingEvent, RecordingKind } from './events.js';
import type { NameRegistry } from './file-name.js';
import type { Settings } from './settings.js';
import type { Speaker } from './speaker.js';
import { Tracks } from './tracks.js';

const TICK_MS = 1_000;

/** What all files of a recording share. */
export interface TracksContext {
  readonly settings: Settings;
  readonly names: NameRegistry;
}

/**
 * Cold: subscribing starts it, completion of the source finishes the files, and it completes when they are closed. Unsubscribing also
 * finishes them, without notice.
 *
 * @param write writes the values of the source to the tracks
 */
export function tracks$<Audio extends ArrayBufferView, T>(
  kind: RecordingKind,
  source$: Observable<T>,
  { settings, names }: TracksContext,
  container: (speaker: Speaker | null) => () => Container<Audio>,
  write: (tracks: Tracks<Audio>, value: T) => void,
): Observable<RecordingEvent> {
  return new Observable((subscriber) => {
    const { begin, queueBytes, open, name, scheduler } = settings;
    const tracks = new Tracks<Audio>({
      kind,
      begin,
      queueBytes,
      open,
      container,
      name: (file) => (part) => names.take(name({ ...file, part })),
      emit: (event) => subscriber.next(event),
      fail: (error) => subscriber.error(error),
      done: () => subscriber.complete(),
    });
    const ticks = interval(TICK_MS, scheduler).subscribe(() => tracks.tick());
    const end = (): void => {
      ticks.unsubscribe();
      tracks.end();
    };
    subscriber.add(end);
    subscriber.add(
      source$.subscribe({
        next: (value) => write(tracks, value),
        error: (error) => subscriber.error(error),
        complete: end,
      }),
    );
  });
}
