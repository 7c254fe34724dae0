/** What the recorder does, without Discord: commands in, what happens out. */
import { catchError, endWith, exhaustMap, filter, finalize, map, merge, of, retry, startWith, takeUntil, type Observable } from 'rxjs';
import { useSession, voiceRetry, type VoiceSession } from 'rxvoice';
import { recordTo, type RecordingEvent } from 'rxvoice/audio';

export type RecorderCommand = { readonly type: 'record'; readonly channelId: string } | { readonly type: 'stop' };

export interface Surroundings {
  /** Joins a channel: `connectVoice$` with all but the channel. */
  readonly join: (channelId: string) => Observable<VoiceSession>;
  /** The folder of the next recording. */
  readonly folder: () => string;
}

/**
 * The recorder of one guild. `record` joins, and records everybody until `stop`, or until it is thrown out; the files are finished before it tells
 * that it has left. A `record` while it records is passed over. A session that fails takes its recording along, whose files are whole as far as
 * they go; the next one records into a folder of its own.
 *
 * ```
 * commands   r---------------s------
 * told       -R--F-----F------C-C-L-    recording, a file for each who speaks, closed, left
 * ```
 */
export const recorder =
  ({ join, folder }: Surroundings) =>
  (commands$: Observable<RecorderCommand>): Observable<string> => {
    const stop$ = commands$.pipe(filter(({ type }) => type === 'stop'));
    return commands$.pipe(
      filter((command) => command.type === 'record'),
      exhaustMap(({ channelId }) => {
        let present = false;
        const recording = (session: VoiceSession) => {
          const target = folder();
          present = true;
          return session.receive().pipe(
            // Before the files: what was said last is to be in them.
            takeUntil(merge(stop$, session.ended$)),
            recordTo(target, { files: ['user-ogg', 'transcript-json'] }),
            map(inWords),
            filter((text) => text !== undefined),
            startWith(`recording to ${target}`),
            finalize(() => (present = false)),
          );
        };
        return join(channelId).pipe(
          useSession(recording),
          // Behind the use of the session: one that fails takes what was made of it along.
          retry(voiceRetry({ onRetry: ({ message }) => console.warn(message) })),
          // While there is no recording there are no files to wait for.
          takeUntil(stop$.pipe(filter(() => !present))),
          catchError((error: Error) => of(`cannot record here: ${error.message}`)),
          endWith('left'),
        );
      }),
    );
  };

function inWords(event: RecordingEvent): string | undefined {
  switch (event.type) {
    case 'file-opened':
      return `${event.path} begins`;
    case 'file-closed':
      return `${event.path} is whole: ${(event.durationMs / 1_000).toFixed(1)} s, ${event.lost} packets lost`;
    case 'dropped':
      return `${event.packets} packets are not in the files: ${event.reason}`;
    case 'progress':
      return undefined;
  }
}
