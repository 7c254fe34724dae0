/** Receiving as a stage: datagrams in, Opus packets out. */
import type { OperatorFunction } from 'rxjs';
import { fields } from '../../checks/check.js';
import type { VoicePacket } from '../../types.js';
import type { MediaDescription } from './description.js';
import { NO_RTCP, RECEIVING_CHECKS, receiving$, type ReceivingOptions } from './receiving.js';

const checkOptions = fields(RECEIVING_CHECKS);

/**
 * Decrypts each audio datagram, and emits its Opus packet as `session.receive()` does: with RTP numbers, arrival and level, with its user if there is
 * a `roster`, decrypted end to end if there is `dave`. A packet whose user or keys are not known yet waits for up to a second. A datagram that is not
 * audio, not authentic or cannot be decrypted is left out; no datagram makes the stream fail.
 *
 * ```
 * datagrams  --a--x--b--(c)---|    x is forged; c waits for its user
 * claimed                 --c-
 * result     --a-----b-----c--|
 * ```
 *
 * Errors with a VoiceUnsupportedError if the mode is unknown, or the call is end-to-end encrypted and `dave` is missing.
 *
 * @throws VoiceOptionsError if an option is invalid
 */
export function receiveOpus(description: MediaDescription, options: ReceivingOptions = {}): OperatorFunction<Uint8Array, VoicePacket> {
  checkOptions('', options);
  return (datagrams$) =>
    receiving$(datagrams$, description, options, (subscriber) => ({
      packets: { listensTo: () => true, next: (packet) => subscriber.next(packet) },
      rtcp$: NO_RTCP,
    }));
}
