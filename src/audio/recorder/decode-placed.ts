/** Decodes the packets of a recording, and gives the PCM the positions of the packets. */
import { defer, filter, map, tap, type OperatorFunction } from 'rxjs';
import { decodeOpus } from '../opus/decode-opus.js';
import type { DecodeOptions } from '../opus/pcm-decoder.js';
import type { PcmFrame } from '../pcm/pcm.js';
import { SsrcTable } from '../ssrc-table.js';
import type { Place } from '../timing/timeline.js';
import { streamsOf, type Placed } from './placement.js';
import type { RecordingClock } from './recording-clock.js';

/** PCM and its position. */
export interface PlacedPcm {
  readonly frame: PcmFrame;
  /** The key of the speaker's files. */
  readonly key: string;
  readonly place: Place;
}

interface Located extends Placed {
  readonly place: Place;
}

/** With in-band FEC, a loss is decoded only when the next packet arrives. */
const REMEMBERED = 2;

/** Decodes packets that have a position, and ignores the others. */
export function decodePlaced(options: DecodeOptions, clock: RecordingClock, maxSpeakers: number): OperatorFunction<Placed, PlacedPcm> {
  return (placed$) =>
    defer(() => {
      const recent = new SsrcTable<Located[]>(streamsOf(maxSpeakers), () => [], () => undefined);
      const remember = (placed: Located): void => {
        const last = recent.hear(placed.speaker.ssrc, clock.now());
        last.push(placed);
        if (last.length > REMEMBERED) last.shift();
      };
      const locate = (frame: PcmFrame): PlacedPcm | undefined => {
        const of = recent.peek(frame.ssrc)?.findLast(({ event }) => timestampOf(event) === frame.timestamp);
        return of && { frame, key: of.key, place: of.place };
      };
      return placed$.pipe(
        filter((placed): placed is Located => typeof placed.place === 'object' && placed.place !== null),
        tap(remember),
        map(({ event }) => event),
        decodeOpus({ maxDecoders: streamsOf(maxSpeakers).maxStreams, ...options }),
        map(locate),
        filter((placed) => placed !== undefined),
      );
    });
}

function timestampOf(event: Placed['event']): number {
  return 'packet' in event ? event.packet.timestamp : event.timestamp;
}
