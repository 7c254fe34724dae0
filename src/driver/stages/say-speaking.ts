/** The news that we speak, on its way to the voice gateway. */
import { filter, finalize, Observable, tap, type OperatorFunction } from 'rxjs';
import { speaking as speakingFrame } from '../../protocol/commands.js';
import { SpeakingFlags } from '../../types.js';
import type { MessageSink } from '../dave/host.js';
import type { Paced, PacedFrame } from './paced.js';

/**
 * Sends opcode 5 for what {@link paced$} says of speaking, and lets its frames through. Takes it back where the stream is let go of, or
 * fails, in the midst of a spurt.
 *
 * ```
 * paced   o-(Ia)-b-s-s-(so|)
 * sent    o-I-----------o
 * result  ---a---b-s-s-(s|)
 * ```
 *
 * @param ssrc what Ready said that we are
 */
export function saySpeaking(control: MessageSink, ssrc: number): OperatorFunction<Paced, PacedFrame> {
  return (paced$) =>
    new Observable((subscriber) => {
      let said: SpeakingFlags = SpeakingFlags.None;
      const say = (flags: SpeakingFlags): void => {
        said = flags;
        control.send(speakingFrame(flags, ssrc));
      };
      return paced$
        .pipe(
          tap((paced) => {
            if (paced.type === 'speaking') say(paced.speaking);
          }),
          filter((paced) => paced.type === 'frame'),
          finalize(() => {
            if (said !== SpeakingFlags.None) say(SpeakingFlags.None);
          }),
        )
        .subscribe(subscriber);
    });
}
