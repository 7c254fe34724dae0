/** Reports that we send, as a stage. */
import { Observable, switchMap, takeWhile, type OperatorFunction, type SchedulerLike } from 'rxjs';
import { fields, type Check } from '../../checks/check.js';
import { RANDOM, SCHEDULER } from '../../checks/common.js';
import type { SentRtcp } from '../../media/interceptor.js';
import { RtcpSender } from '../../media/send/rtcp-sender.js';
import type { DatagramSink } from '../../media/send/sender.js';
import { Traffic } from '../../media/traffic.js';
import type { RtcpPacket } from '../../protocol/rtcp.js';
import { NO_CIPHER, type MediaDescription } from './description.js';
import { outgoing$ } from './outgoing.js';
import { steadyScheduler } from '../../steady-scheduler.js';

/** Time and randomness of {@link sendRtcp}. */
export interface SendRtcpOptions {
  /** Gives `at` of what is sent. Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
  /** Default: the operating system's random bytes. */
  readonly random?: (bytes: number) => Uint8Array;
}

const checkOptions = fields({ scheduler: SCHEDULER, random: RANDOM } satisfies Readonly<Record<keyof SendRtcpOptions, Check>>);

/**
 * Sends each compound of RTCP as one datagram, sealed as the audio of the same description is. In the xsalsa20 modes, which have no nonce
 * for it that is used only once, nothing is sent, and nothing emitted.
 *
 * ```
 * compounds  --r----s--|
 * result     --R----S--|
 * port       --r----s---
 * ```
 *
 * Errors with a RangeError for a compound that does not begin with a report (RFC 3550 section 6.1) or cannot be written, and with a
 * VoiceUnsupportedError for a mode that is none.
 *
 * @throws VoiceOptionsError for options that are none
 */
export function sendRtcp(
  port: DatagramSink,
  description: MediaDescription,
  options: SendRtcpOptions = {},
): OperatorFunction<readonly RtcpPacket[], SentRtcp> {
  checkOptions('', options);
  const { scheduler = steadyScheduler, random } = options;
  return (compounds$) =>
    outgoing$({ ...description, daveVersion: 0 }, NO_CIPHER, random).pipe(
      switchMap(
        ({ seal }) =>
          new Observable<SentRtcp>((subscriber) => {
            const traffic = new Traffic();
            subscriber.add(traffic.sentRtcp$.subscribe((sent) => subscriber.next(sent)));
            const rtcp = new RtcpSender({ seal, port, traffic, time: scheduler });
            subscriber.add(
              // A source that gives everything at once must be stopped before there is a subscription to unsubscribe.
              compounds$.pipe(takeWhile(() => !subscriber.closed)).subscribe({
                next: (packets) => {
                  try {
                    rtcp.send(packets);
                  } catch (error) {
                    subscriber.error(error);
                  }
                },
                error: (error: unknown) => subscriber.error(error),
                complete: () => subscriber.complete(),
              }),
            );
          }),
      ),
    );
}
