/** One file per speaker, decoded. */
import { merge, type Observable } from 'rxjs';
import { CHANNELS } from '../pcm/pcm.js';
import { slipTo } from '../pcm/slip.js';
import type { PlacedPcm } from './decode-placed.js';
import type { RecordingEvent } from './events.js';
import { account } from './packet-files.js';
import type { Placed } from './placement.js';
import type { PcmTarget } from './pcm-target.js';
import { tracks$ } from './tracks-stream.js';

/** `user-wav`, `user-mp3` and `user-m4a`. */
export function pcmFiles$(placed$: Observable<Placed>, pcm$: Observable<PlacedPcm>, target: PcmTarget): Observable<RecordingEvent> {
  const { kind, context, container } = target;
  return tracks$<Int16Array, Placed | PlacedPcm>(kind, merge(pcm$, placed$), context, () => container, (tracks, value) => {
    if ('event' in value) {
      account(tracks, value);
      return;
    }
    const { frame, key, place } = value;
    const audio = slipTo(place.samples, frame.pcm);
    const samples = audio.length / CHANNELS;
    if (samples === 0) return;
    tracks.push(key, frame, { at: place.at, samples, joins: place.joins, audio, ssrc: frame.ssrc, concealed: frame.concealed });
  });
}
