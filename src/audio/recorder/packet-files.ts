/** A file a speaker, of the packets as they came. */
import { OPUS_GRID, opusPacketSamples } from '../../protocol/opus-packet.js';
import type { Observable } from 'rxjs';
import type { RecordingEvent } from './events.js';
import { OggContainer } from './ogg-container.js';
import type { Placed } from './placement.js';
import type { Speaker } from './speaker.js';
import { tracks$, type TracksContext } from './tracks-stream.js';
import type { Tracks } from './tracks.js';

/**
 * What players skip of these files, in samples: a packet of silence that is put there to be skipped. The delay of the speaker's encoder,
 * which a file of one encoder has there, stays in, as it does in what is decoded: so the files line up. `opusinfo` takes less than
 * 120 for a mistake.
 */
const PRE_SKIP = OPUS_GRID;

/** `user-ogg`: no packet is opened, or encoded anew. */
export function packetFiles$(placed$: Observable<Placed>, context: TracksContext): Observable<RecordingEvent> {
  const container = (speaker: Speaker | null) => () =>
    new OggContainer({ serial: speaker?.ssrc ?? 0, preSkip: PRE_SKIP, comments: titleOf(speaker) }, PRE_SKIP);
  return tracks$<Uint8Array, Placed>('user-ogg', placed$, context, container, (tracks, placed) => {
    account(tracks, placed);
    const { event, speaker, key, place } = placed;
    if (event.type !== 'frame' || typeof place !== 'object' || place === null) return;
    const { frame } = event.packet;
    const samples = Number(opusPacketSamples(frame));
    tracks.push(key, speaker, { at: place.at, samples, joins: place.joins, audio: frame, ssrc: speaker.ssrc, concealed: false });
  });
}

function titleOf(speaker: Speaker | null): Readonly<Record<string, string>> {
  return speaker?.userId == null ? {} : { TITLE: speaker.userId };
}

/** What is to be told of an event besides its audio. */
export function account<Audio extends ArrayBufferView>(tracks: Tracks<Audio>, { event, key, place }: Placed): void {
  if (event.type !== 'frame') tracks.count(key, event.type);
  else if (typeof place === 'string') tracks.drop(key, place);
}
