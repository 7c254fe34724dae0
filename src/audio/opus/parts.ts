/** The audio of a container, in order: the output of every demuxer here. */
import { OPUS_GRID } from '../../protocol/opus-packet.js';
import type { OpusFrame } from '../../types.js';
import type { OpusHead } from './head.js';
import { opusSilence } from './silence.js';

/**
 * A part of an Opus stream.
 *
 * - `head`: a stream begins; occurs more than once if streams are chained
 * - `packet`: a packet
 * - `pause`: nothing was recorded for this long, or it is lost
 * - `trim`: the last samples must not be heard, because the sound ended inside the last packet
 */
export type OpusPart =
  | { readonly type: 'head'; readonly head: OpusHead }
  | { readonly type: 'packet'; readonly frame: OpusFrame; /** At 48 kHz. */ readonly samples: number }
  | { readonly type: 'pause'; readonly samples: number }
  | { readonly type: 'trim'; readonly samples: number };

/** Silence for a pause, in packets of 20 ms and shorter ones for the rest, down to 2.5 ms. */
export function* pausePackets(samples: number, stereo = false): Generator<{ readonly frame: OpusFrame; readonly samples: number }, void> {
  for (let left = samples; left >= OPUS_GRID; ) {
    const silence = opusSilence(left, stereo);
    left -= silence.samples;
    yield { frame: silence.packet, samples: silence.samples };
  }
}
