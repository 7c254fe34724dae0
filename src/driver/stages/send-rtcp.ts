/** Sending RTCP reports as a stage. */
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

/** Options of {@link sendRtcp}. */
export interface SendRtcpOptions {
  /** The clock of `at` in the emitted values. Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
  /** Default: the operating system's random bytes. */
  readonly random?: (bytes: number) => Uint8Array;
}

const checkOptions = fields({ scheduler: SCHEDULER, random: RANDOM } satisfies Readonly<Record<keyof SendRtcpOptions, Check>>);

/**
 * Sends each RTCP compound as one datagram, encrypted like the audio of the same description. In the xsalsa20 modes, which have no nonce for it that
 * is used only once, nothing is sent or emitted.
 *
 * ```
 * compounds  --r----s--|
 * result     --R----S--|
 * port       --r----s---
 * ```
 *
 * Errors with a RangeError for a compound that does not begin with a report (RFC 3550 section 6.1) or cannot be written, and with a
 * VoiceUnsupportedError if the mode is unknown.
 *
 * @throws VoiceOptionsError if an option is invalid
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
              // A synchronous source must be stopped before there is a subscription to unsubscribe.
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
