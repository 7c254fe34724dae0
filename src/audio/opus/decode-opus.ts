/** The PCM decoder for Observables and iterables. */
import { concat, concatMap, defer, finalize, type OperatorFunction } from 'rxjs';
import type { VoicePacket } from '../../types.js';
import type { JitterEvent } from '../jitter/event.js';
import { PcmDecoder, type DecodeOptions } from './pcm-decoder.js';
import type { PcmFrame } from '../pcm/pcm.js';

/**
 * Decodes the packets of any number of speakers. The input is the events of `reorder()`, or `session.receive()` directly, which does not
 * report losses.
 *
 * ```
 * events   F-F-x-F-L-D-F--|    F frame, x lost, L late, D damaged
 * PCM      f-f-c-f---c-f--|    c: concealed
 * ```
 * Each SSRC has one decoder, made at its first packet, and released at completion, error and unsubscription, and when the SSRC is idle.
 * A damaged packet is concealed and reported to `onDamage`; it never errors the stream. A codec with FEC holds a loss until the next
 * packet of its SSRC.
 *
 * @throws VoiceOptionsError for an unknown option, or one that is out of range. The stream errors with OpusDecoderError when no decoder can be made.
 */
export function decodeOpus(options: DecodeOptions = {}): OperatorFunction<JitterEvent | VoicePacket, PcmFrame> {
  // Invalid options throw where they are passed, not at the first subscription.
  void new PcmDecoder(options);
  return (events) =>
    defer(() => {
      const decoder = new PcmDecoder(options);
      return concat(
        events.pipe(concatMap((event) => decoder.step(event))),
        defer(() => decoder.flush()),
      ).pipe(finalize(() => decoder.free()));
    });
}

/** The same for events that are all available, such as those of a recording: decodes on demand, and frees the decoders when the loop is left. */
export function decodeOpusFrames(events: Iterable<JitterEvent | VoicePacket>, options: DecodeOptions = {}): Generator<PcmFrame, void> {
  // Invalid options throw where they are passed, not at the first frame.
  void new PcmDecoder(options);
  return decoded(events, options);
}

function* decoded(events: Iterable<JitterEvent | VoicePacket>, options: DecodeOptions): Generator<PcmFrame, void> {
  const decoder = new PcmDecoder(options);
  try {
    for (const event of events) yield* decoder.step(event);
    yield* decoder.flush();
  } finally {
    decoder.free();
  }
}
