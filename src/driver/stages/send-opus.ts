/** The sends as a stage: Opus frames in, one event a datagram out. */
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

/** One datagram that left: as `session.play` tells of it. */
export type SentFrame = Extract<PlayEvent, { readonly type: 'sent' }>;

/** What {@link sendOpus} may be given besides. */
export interface SendOpusOptions {
  /** The end-to-end encryption: what `dave$` emits. Default none; a call that has it is then refused. */
  readonly dave?: CipherSource;
  /** Random bytes: first RTP sequence and timestamp, nonces of `xsalsa20_poly1305_suffix`. Default: the operating system's. */
  readonly random?: (bytes: number) => Uint8Array;
}

const checkOptions = fields({ dave: CIPHER_SOURCE, random: RANDOM } satisfies Readonly<Record<keyof SendOpusOptions, Check>>);

/**
 * Sends each frame at once, as one datagram: encrypted end to end where the call is, put into RTP, sealed. Pacing is another stage,
 * {@link paced$}, whose frames say of gaps too; a bare frame follows the one before it. What is sent under one description is one RTP
 * stream, by however many operators. Silence leaves in place of a frame for which there are no keys.
 *
 * ```
 * frames  --a--b--c--|
 * result  --A--B--C--|
 * port    --a--b--c---
 * ```
 *
 * Errors with an InvalidFrameError for what is no Opus packet, with a VoiceUnsupportedError for a mode that is none, and for a call that
 * is end-to-end encrypted without `dave`.
 *
 * @throws VoiceOptionsError for options that are none
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
  // Whoever passes something else has no compiler.
  const samples = frame instanceof Uint8Array ? opusPacketSamples(frame) : 'it is no Uint8Array';
  if (typeof samples === 'string') throw new InvalidFrameError(index, samples);
  return { frame, samples, gap: 0 };
}
