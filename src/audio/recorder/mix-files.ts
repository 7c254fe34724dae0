/** One file of everybody. */
import { defer, filter, finalize, map, type Observable } from 'rxjs';
import { SAMPLES_PER_FRAME, SAMPLES_PER_MS } from '../../protocol/silence.js';
import { createOpusEncoder } from '../opus/encoder.js';
import { CHANNELS, type MixedPcm } from '../pcm/pcm.js';
import { WavWriter } from '../pcm/wav-writer.js';
import { OggContainer } from './container.js';
import type { RecordingEvent } from './events.js';
import type { Piece } from './recording-file.js';
import { tracks$, type TracksContext } from './tracks-stream.js';
import type { Tracks } from './tracks.js';

/** Blocks of silence that are encoded, for the sound before them to die away; further ones are left out, and become silence. */
const TAIL_BLOCKS = 5;

/** `mix-wav`. */
export function mixedWav$(mixed$: Observable<MixedPcm>, start: number, context: TracksContext): Observable<RecordingEvent> {
  const container = () => () => new WavWriter({ maxBytes: context.settings.maxWavBytes });
  const pieces$ = mixed$.pipe(map((block) => pieceOf(block, start, block.pcm)));
  return tracks$('mix-wav', pieces$, context, container, pushMix);
}

/** `mix-ogg`. The encoder lives as long as the subscription. */
export function mixedOgg$(mixed$: Observable<MixedPcm>, start: number, context: TracksContext): Observable<RecordingEvent> {
  const container = () => () => new OggContainer({ comments: { TITLE: 'mix' } });
  const pieces$ = defer(() => {
    const encoder = createOpusEncoder({ bitrate: context.settings.mixBitrate });
    const audible = audibleBlocks();
    return mixed$.pipe(
      filter(({ pcm }) => audible(pcm)),
      map((block) => pieceOf(block, start, encoder.encode(wholeBlock(block.pcm)))),
      finalize(() => encoder.free()),
    );
  });
  return tracks$('mix-ogg', pieces$, context, container, pushMix);
}

function pushMix<Audio extends ArrayBufferView>(tracks: Tracks<Audio>, piece: Piece<Audio>): void {
  tracks.push(null, piece);
}

/** @param start of the recording, in ms of the session's clock */
function pieceOf<Audio>({ at, pcm }: MixedPcm, start: number, audio: Audio): Piece<Audio> {
  return { at: Math.max(0, Math.round((at - start) * SAMPLES_PER_MS)), samples: pcm.length / CHANNELS, audio, concealed: false };
}

/** The encoder takes 20 ms, and the last block may be shorter. */
function wholeBlock(pcm: Int16Array): Int16Array {
  if (pcm.length === SAMPLES_PER_FRAME * CHANNELS) return pcm;
  const whole = new Int16Array(SAMPLES_PER_FRAME * CHANNELS);
  whole.set(pcm.subarray(0, whole.length));
  return whole;
}

/** Says which blocks are worth encoding. */
function audibleBlocks(): (pcm: Int16Array) => boolean {
  let silent = 0;
  return (pcm) => {
    silent = pcm.every((sample) => sample === 0) ? silent + 1 : 0;
    return silent <= TAIL_BLOCKS;
  };
}
