/** A file a speaker, decoded. */
import { merge, type Observable } from 'rxjs';
import { CHANNELS, type PcmFrame } from '../pcm/pcm.js';
import { WavWriter } from '../pcm/wav-writer.js';
import type { RecordingEvent } from './events.js';
import type { Placed } from './placed.js';
import { speakerKey } from './speaker.js';
import type { Timelines } from './timelines.js';
import { tracks$, type TracksContext } from './tracks-stream.js';
import type { Tracks } from './tracks.js';

/**
 * `user-wav`. The places are those of the packets, so that these files and the Ogg files line up.
 *
 * @param pcm$ what is decoded of `placed$`, in the same turn of the event loop
 */
export function pcmFiles$(
  placed$: Observable<Placed>,
  pcm$: Observable<PcmFrame>,
  timelines: Timelines,
  context: TracksContext,
): Observable<RecordingEvent> {
  const ends = new Map<string, number>();
  const write = (tracks: Tracks<Int16Array>, value: Placed | PcmFrame): void => {
    if ('pcm' in value) writePcm(tracks, value, timelines, ends);
    else countPacket(tracks, value);
  };
  const container = () => () => new WavWriter({ maxBytes: context.settings.maxWavBytes });
  return tracks$('user-wav', merge(pcm$, placed$), context, container, write);
}

function countPacket(tracks: Tracks<Int16Array>, { event, place }: Placed): void {
  if (event.type === 'lost') tracks.count(event, 'lost');
  else if (event.type === 'late') tracks.count(event.packet, 'late');
  else if (typeof place === 'string') tracks.drop(event.packet, place);
}

function writePcm(tracks: Tracks<Int16Array>, frame: PcmFrame, timelines: Timelines, ends: Map<string, number>): void {
  const key = speakerKey(frame);
  const place = timelines.at(frame, frame.timestamp);
  if (place === undefined) return;
  // What was made up for a loss may reach into the packet that came after it.
  const end = ends.get(key) ?? 0;
  const overlap = Math.max(0, end - place);
  const samples = frame.pcm.length / CHANNELS - overlap;
  if (samples <= 0) return;
  const at = place + overlap;
  ends.set(key, at + samples);
  tracks.push(frame, { at, samples, audio: frame.pcm.subarray(overlap * CHANNELS), concealed: frame.concealed });
}
