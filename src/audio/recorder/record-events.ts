/** From the events of a jitter buffer to files. */
import { connect, defer, filter, map, merge, share, type Observable, type OperatorFunction } from 'rxjs';
import { alignSpeakers } from '../speakers/align-speakers.js';
import { decodeOpus } from '../opus/decode-opus.js';
import type { JitterEvent } from '../jitter/event.js';
import { mix } from '../pcm/mix.js';
import type { RecordingEvent } from './events.js';
import { NameRegistry } from './file-name.js';
import { mixedOgg$, mixedWav$ } from './mix-files.js';
import { packetFiles$ } from './packet-files.js';
import { pcmFiles$ } from './pcm-files.js';
import { toPlaced, type Placed } from './placed.js';
import type { Settings } from './settings.js';
import { Timelines } from './timelines.js';
import type { TracksContext } from './tracks-stream.js';

/**
 * The recorder behind its jitter buffer. It starts when it is subscribed, and completes when all files are closed.
 *
 * ```
 * events ─ places ─┬──────────────────────── user-ogg
 *                  └─ decodeOpus ─┬───────── user-wav
 *                                 └─ mix ─┬─ mix-wav
 *                                         └─ mix-ogg
 * ```
 */
export function recordEvents(settings: Settings): OperatorFunction<JitterEvent, RecordingEvent> {
  return (events$) =>
    defer(() => {
      const timelines = new Timelines(() => settings.scheduler.now(), settings.maxSpeakers);
      const context = { settings, names: new NameRegistry() };
      return events$.pipe(
        map((event) => toPlaced(timelines, event)),
        connect((placed$) => files$(placed$, timelines, context)),
      );
    });
}

function files$(placed$: Observable<Placed>, timelines: Timelines, context: TracksContext): Observable<RecordingEvent> {
  const pcm$ = placed$.pipe(
    filter(({ place }) => place !== 'too-many-speakers'),
    map(({ event }) => event),
    decodeOpus(),
    share(),
  );
  const mixed$ = pcm$.pipe(alignSpeakers({ scheduler: context.settings.scheduler }), mix(), share());
  const files = {
    'user-ogg': () => packetFiles$(placed$, context),
    'user-wav': () => pcmFiles$(placed$, pcm$, timelines, context),
    'mix-wav': () => mixedWav$(mixed$, timelines.start, context),
    'mix-ogg': () => mixedOgg$(mixed$, timelines.start, context),
  };
  return merge(...[...new Set(context.settings.files)].map((kind) => files[kind]()));
}
