/** One file that tells who spoke when. */
import { concat, concatMap, defer, map, type Observable } from 'rxjs';
import type { RecordingEvent } from './events.js';
import type { Piece } from './container.js';
import type { Placed } from './placement.js';
import { SpokenLog, type Spoken } from './spoken.js';
import { tracks$, type TracksContext } from './tracks-stream.js';
import { JSON_TRANSCRIPT, TranscriptContainer, VTT_TRANSCRIPT, type TranscriptFormat } from './transcript-container.js';

const FORMATS = { 'transcript-json': JSON_TRANSCRIPT, 'transcript-vtt': VTT_TRANSCRIPT } as const satisfies Record<string, TranscriptFormat>;

/** `transcript-json` and `transcript-vtt`. Their times are those of the recording, independent of where the other files begin. */
export function transcriptFiles$(kind: keyof typeof FORMATS, placed$: Observable<Placed>, context: TracksContext): Observable<RecordingEvent> {
  const format = FORMATS[kind];
  const pieces$ = spoken$(placed$).pipe(map((spoken) => pieceOf(spoken, format)));
  const fromTheStart = { ...context, settings: { ...context.settings, begin: 'recording' as const } };
  const container = () => () => new TranscriptContainer(format);
  return tracks$<Uint8Array, Piece<Uint8Array>>(kind, pieces$, fromTheStart, container, (tracks, piece) => tracks.pushShared(piece));
}

function spoken$(placed$: Observable<Placed>): Observable<Spoken> {
  return defer(() => {
    const log = new SpokenLog();
    return concat(
      placed$.pipe(concatMap((placed) => log.push(placed))),
      defer(() => log.flush()),
    );
  });
}

function pieceOf(spoken: Spoken, format: TranscriptFormat): Piece<Uint8Array> {
  const audio = new TextEncoder().encode(format.entry(spoken));
  return { at: spoken.at, samples: spoken.end - spoken.at, audio, ssrc: null, joins: false, concealed: false };
}
