/** Records what is received. */
import { Observable, Subject, takeUntil, type OperatorFunction } from 'rxjs';
import type { VoicePacket } from '../../types.js';
import { reorder } from '../jitter/reorder.js';
import type { RecordingEvent, RecordingTarget, RecordOptions } from './events.js';
import { streamsOf } from './placement.js';
import { recordEvents } from './record-events.js';
import { recordSettings } from './settings.js';

/**
 * Writes what `session.receive()` emits into files: one for each speaker, or one for all, as Ogg/Opus or WAV. It has its own jitter
 * buffer. Pauses and losses are filled, so that all files of a recording are aligned.
 *
 * ```
 * packets   -a-a-b-a-----b-|
 * events    --A-B-----p------ab|    A, B: file-opened · p: progress · a, b: file-closed
 *
 * session.receive().pipe(takeUntil(stop$), recordTo('recordings')).subscribe(console.log);
 * ```
 * Cold: each subscription is a recording, which starts at once. It ends with its source, and completes when all files are closed. So
 * stop it with `takeUntil` *before* `recordTo`, as above, and wait for the completion. Unsubscribing also finishes the files, but in the
 * background and without notice. An error of the source is passed on after the files are closed.
 *
 * If the process is killed, the files are playable, and lack a second or two. If the disk is too slow, audio is lost, but memory stays
 * below `queueBytes` per file: what does not fit becomes silence in the file, and is counted and emitted as `dropped`. If the disk fails,
 * the recording errors with a RecordingError at once, and the other files are finished in the background.
 *
 * @param target a directory, or a function that opens a sink by name: see {@link OpenRecordingSink}
 * @throws VoiceOptionsError for an unknown option, or one that is out of range
 */
export function recordTo(target: RecordingTarget, options: RecordOptions = {}): OperatorFunction<VoicePacket, RecordingEvent> {
  const settings = recordSettings(target, options);
  const { jitter, scheduler, maxSpeakers } = settings;
  const inOrder = reorder({ maxStreams: streamsOf(maxSpeakers).maxStreams, ...jitter, scheduler });
  const toFiles = recordEvents(settings);
  return (packets$) =>
    new Observable((subscriber) => {
      const input$ = new Subject<VoicePacket>();
      let failure: { readonly error: unknown } | undefined;
      // Not tied to the subscriber: the files are finished even if nobody listens any more.
      input$.pipe(inOrder, toFiles).subscribe({
        next: (event) => subscriber.next(event),
        error: (error) => subscriber.error(error),
        complete: () => (failure === undefined ? subscriber.complete() : subscriber.error(failure.error)),
      });
      // Unsubscribing ends the source, and the files are finished as usual.
      const left$ = new Subject<void>();
      subscriber.add(() => left$.next());
      packets$.pipe(takeUntil(left$)).subscribe({
        next: (packet) => input$.next(packet),
        error: (error) => {
          failure = { error };
          input$.complete();
        },
        complete: () => input$.complete(),
      });
    });
}
