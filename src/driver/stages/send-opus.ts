/** Sending as a stage: Opus frames in, one event per datagram out. */
import { map, switchMap, type OperatorFunction } from 'rxjs';
import { fields, type Check } from '../../checks/check.js';
import { RANDOM } from '../../checks/common.js';
import { InvalidFrameError } from '../../errors.js';
import type { DatagramSink } from '../../media/send/sender.js';
import { opusPacketSamples } from '../../protocol/opus-packet.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import type { OpusFrame, PlayEvent } from '../../types.js';
import { CIPHER_SOURCE, NO_CIPHER, type CipherSource, type SenderDescription } from './description.js';
import { outgoing$ } from './outgoing.js';
import type { PacedFrame } from './paced.js';

/** One datagram that was sent, as `session.play` reports it. */
export type SentFrame = Extract<PlayEvent, { readonly type: 'sent' }>;

/** Options of {@link sendOpus}. */
export interface SendOpusOptions {
  /** The end-to-end encryption: what `dave$` emits. Default none; an encrypted call is then refused. */
  readonly dave?: CipherSource;
  /** Random bytes: first RTP sequence and timestamp, nonces of `xsalsa20_poly1305_suffix`. Default: the operating system's. */
  readonly random?: (bytes: number) => Uint8Array;
}

const checkOptions = fields({ dave: CIPHER_SOURCE, random: RANDOM } satisfies Readonly<Record<keyof SendOpusOptions, Check>>);

/**
 * Sends each frame at once, as one datagram: encrypted end to end if the call is, packed into RTP, and encrypted for transport. Pacing is another
 * stage, {@link paced$}, whose frames also carry gaps; a bare frame directly follows the previous one. Everything sent with one description is one
 * RTP stream, however many operators send it. Silence is sent in place of a frame for which there are no keys.
 *
 * ```
 * frames  --a--b--c--|
 * result  --A--B--C--|
 * port    --a--b--c---
 * ```
 *
 * Errors with an InvalidFrameError for a frame that is not an Opus packet, and with a VoiceUnsupportedError if the mode is unknown, or the call is
 * end-to-end encrypted and `dave` is missing.
 *
 * @throws VoiceOptionsError if an option is invalid
 */
export function sendOpus(
  port: DatagramSink,
  description: SenderDescription,
  options: SendOpusOptions = {},
): OperatorFunction<OpusFrame | PacedFrame, SentFrame> {
  checkOptions('', options);
  const { dave = NO_CIPHER, random } = options;
  return (frames$) =>
    outgoing$(description, dave, random).pipe(
      switchMap((outgoing) => {
        const sender = outgoing.sender(description.ssrc, port);
        let position = 0;
        return frames$.pipe(
          map((given, index): SentFrame => {
            const { frame, samples, gap } = isPaced(given) ? given : bare(given, index);
            const begins = position;
            position += samples / SAMPLES_PER_MS;
            if (gap > 0) sender.skip(gap);
            const { cipher } = dave;
            const { sequence, timestamp, bytes } = sender.send(cipher === null ? frame : cipher.encrypt(frame), samples);
            return { type: 'sent', sequence, timestamp, position: begins, bytes };
          }),
        );
      }),
    );
}

function isPaced(given: OpusFrame | PacedFrame): given is PacedFrame {
  return typeof given === 'object' && given !== null && 'gap' in given;
}

function bare(frame: OpusFrame, index: number): Omit<PacedFrame, 'type'> {
  // Callers without TypeScript may pass something else.
  const samples = frame instanceof Uint8Array ? opusPacketSamples(frame) : 'it is no Uint8Array';
  if (typeof samples === 'string') throw new InvalidFrameError(index, samples);
  return { frame, samples, gap: 0 };
}
