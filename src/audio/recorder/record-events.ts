/** Turns the events of a jitter buffer into files. */
import { connect, defer, merge, share, Subject, type Observable, type OperatorFunction } from 'rxjs';
import type { JitterEvent } from '../jitter/event.js';
import type { PacketDamage } from '../opus/speaker-decoder.js';
import { mix } from '../pcm/mix.js';
import { alignBlocks } from '../speakers/align-speakers.js';
import { decodePlaced } from './decode-placed.js';
import type { RecordingEvent } from './events.js';
import { NameRegistry } from './file-name.js';
import { audibleBlocks, mixedOgg$, mixedPcm$ } from './mix-files.js';
import { packetFiles$ } from './packet-files.js';
import { pcmFiles$ } from './pcm-files.js';
import { encodedTarget, ffmpegFor$, wavTarget, type EncodedKind } from './pcm-target.js';
import { placeEvents } from './place-events.js';
import { damagedPacket, notRecorded$, oneTooMany, type NotRecorded } from './not-recorded.js';
import { SETTLE_MS, streamsOf, type Placed } from './placement.js';
import { RecordingClock } from './recording-clock.js';
import type { Settings } from './settings.js';
import type { Speaker } from './speaker.js';
import type { TracksContext } from './tracks-stream.js';
import { transcriptFiles$ } from './transcript-files.js';

/** Delay of a block of the mix: until its content has positions, plus the delay of a jitter buffer; ms. */
const MIX_DELAY_MS = SETTLE_MS + 250;

/**
 * The recorder, after its jitter buffer. It starts when it is subscribed to, and completes when all files are closed.
 *
 * ```
 * events ─ places ─┬──────────────────────── user-ogg
 *                  ├──────────────────────── transcript-json, transcript-vtt
 *                  └─ decodeOpus ─┬───────── user-wav, user-mp3, user-m4a
 *                                 └─ mix ─┬─ mix-wav, mix-mp3, mix-m4a
 *                                         └─ mix-ogg
 * ```
 * Positions are found once, in `places`; nothing after it has a clock of its own.
 */
export function recordEvents(settings: Settings): OperatorFunction<JitterEvent, RecordingEvent> {
  return (events$) =>
    defer(() => {
      const clock = new RecordingClock(settings.scheduler);
      const context = { settings, names: new NameRegistry() };
      return events$.pipe(
        placeEvents(clock, settings.maxSpeakers),
        connect((placed$) => files$(placed$, clock, context)),
      );
    });
}

function files$(placed$: Observable<Placed>, clock: RecordingClock, context: TracksContext): Observable<RecordingEvent> {
  const { files: kinds, codec, maxSpeakers } = context.settings;
  const undecoded$ = new Subject<NotRecorded>();
  const undecoded = { onDamage: (damage: PacketDamage) => undecoded$.next(damagedPacket(damage)), onRefused: (speaker: Speaker) => undecoded$.next(oneTooMany(speaker)) };
  const pcm$ = placed$.pipe(decodePlaced({ codec, ...undecoded }, clock, maxSpeakers), share());
  const mixed$ = pcm$.pipe(
    alignBlocks({ scheduler: clock, delay: MIX_DELAY_MS, maxSpeakers: streamsOf(maxSpeakers).maxStreams }, (alignment, { frame, place }) => alignment.put(frame, place)),
    audibleBlocks(),
    mix(),
    share(),
  );
  const encodedUsers$ = (kind: EncodedKind) => merge(ffmpegFor$(kind, context), pcmFiles$(placed$, pcm$, encodedTarget(kind, context)));
  const encodedMix$ = (kind: EncodedKind) => merge(ffmpegFor$(kind, context), mixedPcm$(mixed$, encodedTarget(kind, context)));
  const files = {
    'user-ogg': () => packetFiles$(placed$, context),
    'user-wav': () => pcmFiles$(placed$, pcm$, wavTarget('user-wav', context)),
    'user-mp3': () => encodedUsers$('user-mp3'),
    'user-m4a': () => encodedUsers$('user-m4a'),
    'mix-wav': () => mixedPcm$(mixed$, wavTarget('mix-wav', context)),
    'mix-mp3': () => encodedMix$('mix-mp3'),
    'mix-m4a': () => encodedMix$('mix-m4a'),
    'mix-ogg': () => mixedOgg$(mixed$, context),
    'transcript-json': () => transcriptFiles$('transcript-json', placed$, context),
    'transcript-vtt': () => transcriptFiles$('transcript-vtt', placed$, context),
  };
  return merge(notRecorded$(placed$, undecoded$, clock), ...[...new Set(kinds)].map((kind) => files[kind]()));
}
