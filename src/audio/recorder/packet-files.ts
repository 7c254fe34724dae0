/** A file a speaker, of the packets as they came. */
import type { Observable } from 'rxjs';
import { OggContainer } from './container.js';
import type { RecordingEvent } from './events.js';
import type { Placed } from './placed.js';
import type { Speaker } from './speaker.js';
import { tracks$, type TracksContext } from './tracks-stream.js';
import type { Tracks } from './tracks.js';

/** `user-ogg`: no packet is opened, or encoded anew. */
export function packetFiles$(placed$: Observable<Placed>, context: TracksContext): Observable<RecordingEvent> {
  const container = (speaker: Speaker | null) => () =>
    new OggContainer({ serial: speaker?.ssrc ?? 0, comments: speaker?.userId == null ? {} : { TITLE: speaker.userId } });
  return tracks$<Uint8Array, Placed>('user-ogg', placed$, context, container, writePacket);
}

function writePacket(tracks: Tracks<Uint8Array>, { event, place }: Placed): void {
  if (event.type === 'lost') tracks.count(event, 'lost');
  else if (event.type === 'late') tracks.count(event.packet, 'late');
  else if (typeof place === 'string') tracks.drop(event.packet, place);
  else if (place !== null) tracks.push(event.packet, { ...place, audio: event.packet.frame, concealed: false });
}
