/** One file per speaker, with the packets as they came. */
import { OPUS_GRID, opusPacketSamples } from '../../protocol/opus-packet.js';
import type { Observable } from 'rxjs';
import type { RecordingEvent } from './events.js';
import { OggContainer } from './ogg-container.js';
import type { Placed } from './placement.js';
import type { Speaker } from './speaker.js';
import { tracks$, type TracksContext } from './tracks-stream.js';
import type { Tracks } from './tracks.js';

/**
 * The samples that players skip in these files: a packet of silence that is inserted to be skipped. The delay of the speaker's encoder,
 * which an ordinary file skips here, stays in, as it does in decoded audio, so that the files line up. `opusinfo` treats less than 120 as
 * a mistake.
 */
const PRE_SKIP = OPUS_GRID;

/** `user-ogg`: packets are neither decoded nor encoded again. */
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

/** Accounts for events that add no audio: losses, late packets and drops. */
export function account<Audio extends ArrayBufferView>(tracks: Tracks<Audio>, { event, key, place }: Placed): void {
  if (event.type !== 'frame') tracks.count(key, event.type);
  else if (typeof place === 'string') tracks.drop(key, place);
}
