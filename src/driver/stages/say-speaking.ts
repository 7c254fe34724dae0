/** Tells the voice gateway when we start and stop speaking. */
import { filter, finalize, Observable, tap, type OperatorFunction } from 'rxjs';
import { speaking as speakingFrame } from '../../protocol/commands.js';
import { SpeakingFlags } from '../../types.js';
import type { MessageSink } from '../dave/host.js';
import type { Paced, PacedFrame } from './paced.js';

/**
 * Sends opcode 5 for the speaking events of {@link paced$}, and lets its frames through. Sends speaking 0 if the stream is unsubscribed, or fails, in
 * the middle of a talk spurt.
 *
 * ```
 * paced   o-(Ia)-b-s-s-(so|)
 * sent    o-I-----------o
 * result  ---a---b-s-s-(s|)
 * ```
 *
 * @param ssrc our SSRC, from Ready
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
