/** Reports of RTP senders and receivers, as a stage: datagrams in, RTCP out. */
import type { OperatorFunction, SchedulerLike } from 'rxjs';
import { fields, type Check } from '../../checks/check.js';
import { SCHEDULER } from '../../checks/common.js';
import type { RtcpPacket } from '../../protocol/rtcp.js';
import { NO_CIPHER, type MediaDescription } from './description.js';
import { NO_PACKETS, receiving$ } from './receiving.js';

/** Options of {@link receiveRtcp}. */
export interface ReceiveRtcpOptions {
  /** Default `steadyScheduler`. */
  readonly scheduler?: SchedulerLike;
}

const checkOptions = fields({ scheduler: SCHEDULER } satisfies Readonly<Record<keyof ReceiveRtcpOptions, Check>>);

/**
 * Decrypts each RTCP datagram, and emits the packets of its compound one by one (RFC 3550 section 6). Every other datagram, and one that is not
 * authentic, is left out. RTCP is not encrypted end to end. In the xsalsa20 modes it cannot be decrypted.
 *
 * ```
 * datagrams  --r---a--x--r--|    a audio, x forged
 * result     --(st)------s--|
 * ```
 *
 * Errors with a VoiceUnsupportedError if the mode is unknown.
 *
 * @throws VoiceOptionsError if an option is invalid
 */
export function receiveRtcp(description: MediaDescription, options: ReceiveRtcpOptions = {}): OperatorFunction<Uint8Array, RtcpPacket> {
  checkOptions('', options);
  const clear = { ...description, daveVersion: 0 };
  return (datagrams$) =>
    receiving$(datagrams$, clear, { ...options, dave: NO_CIPHER }, (subscriber) => ({
      packets: NO_PACKETS,
      rtcp$: { observed: true, next: (packet) => subscriber.next(packet) },
    }));
}
