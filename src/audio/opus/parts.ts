/** The audio of a container in order: what every demuxer here gives. */
import { OPUS_GRID } from '../../protocol/opus-packet.js';
import type { OpusFrame } from '../../types.js';
import type { OpusHead } from './head.js';
import { opusSilence } from './silence.js';

/**
 * A part of an Opus stream.
 *
 * - `head`: a stream begins; more than once where streams are chained
 * - `packet`: a packet
 * - `pause`: nothing was recorded for so long, or it is lost
 * - `trim`: the last samples are not to be heard, for the sound ended inside the last packet
 */
export type OpusPart =
  | { readonly type: 'head'; readonly head: OpusHead }
  | { readonly type: 'packet'; readonly frame: OpusFrame; /** At 48 kHz. */ readonly samples: number }
  | { readonly type: 'pause'; readonly samples: number }
  | { readonly type: 'trim'; readonly samples: number };

/** Silence for a pause, in packets of 20 ms and what is left, down to 2.5 ms. */
export function* pausePackets(samples: number, stereo = false): Generator<{ readonly frame: OpusFrame; readonly samples: number }, void> {
  for (let left = samples; left >= OPUS_GRID; ) {
    const silence = opusSilence(left, stereo);
    left -= silence.samples;
    yield { frame: silence.packet, samples: silence.samples };
  }
}
