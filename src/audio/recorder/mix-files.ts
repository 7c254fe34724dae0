/** Files that contain all speakers in one mix. */
import { defer, filter, finalize, map, type MonoTypeOperatorFunction, type Observable } from 'rxjs';
import { SAMPLES_PER_FRAME, SAMPLES_PER_MS } from '../../protocol/silence.js';
import { CHANNELS, type AlignedAudio, type MixedPcm } from '../pcm/pcm.js';
import type { Piece } from './container.js';
import type { RecordingEvent } from './events.js';
import { OggContainer } from './ogg-container.js';
import type { PcmTarget } from './pcm-target.js';
import { tracks$, type TracksContext } from './tracks-stream.js';
import type { Tracks } from './tracks.js';

/** Silent blocks that are still mixed, so that an encoder can let the sound die away. Later ones are left out, and become silence in the file. */
const TAIL_BLOCKS = 5;

/** `mix-wav`, `mix-mp3` and `mix-m4a`. */
export function mixedPcm$(mixed$: Observable<MixedPcm>, { kind, context, container }: PcmTarget): Observable<RecordingEvent> {
  const pieces$ = mixed$.pipe(map((block) => pieceOf(block, block.pcm)));
  return tracks$(kind, pieces$, context, () => container, pushMix);
}

/** `mix-ogg`. The encoder lives as long as the subscription. */
export function mixedOgg$(mixed$: Observable<MixedPcm>, context: TracksContext): Observable<RecordingEvent> {
  const container = () => () => new OggContainer({ comments: { TITLE: 'mix' } });
  const pieces$ = defer(() => {
    const encoder = context.settings.encoder({ bitrate: context.settings.mixBitrate });
    return mixed$.pipe(
      map((block) => pieceOf(block, encoder.encode(wholeBlock(block.pcm)))),
      finalize(() => encoder.free?.()),
    );
  });
  return tracks$('mix-ogg', pieces$, context, container, pushMix);
}

function pushMix<Audio extends ArrayBufferView>(tracks: Tracks<Audio>, piece: Piece<Audio>): void {
  tracks.pushShared(piece);
}

function pieceOf<Audio>({ at, pcm }: MixedPcm, audio: Audio): Piece<Audio> {
  return { at: Math.round(at * SAMPLES_PER_MS), samples: pcm.length / CHANNELS, joins: false, audio, ssrc: null, concealed: false };
}

/** The encoder takes exactly 20 ms, and the last block may be shorter. */
function wholeBlock(pcm: Int16Array): Int16Array {
  if (pcm.length === SAMPLES_PER_FRAME * CHANNELS) return pcm;
  const whole = new Int16Array(SAMPLES_PER_FRAME * CHANNELS);
  whole.set(pcm.subarray(0, whole.length));
  return whole;
}

/** Passes blocks in which somebody is heard, and a few silent ones after them. */
export function audibleBlocks(): MonoTypeOperatorFunction<AlignedAudio> {
  return (blocks$) =>
    defer(() => {
      let silent = 0;
      return blocks$.pipe(
        filter(({ speakers, silence }) => {
          silent = [...speakers.values()].every((pcm) => pcm === silence || isSilent(pcm)) ? silent + 1 : 0;
          return silent <= TAIL_BLOCKS;
        }),
      );
    });
}

function isSilent(pcm: Int16Array): boolean {
  for (let i = 0; i < pcm.length; i++) if (pcm[i] !== 0) return false;
  return true;
}
