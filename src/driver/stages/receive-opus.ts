/** What is heard, as a stage: datagrams in, Opus packets out. */
import type { OperatorFunction } from 'rxjs';
import { fields } from '../../checks/check.js';
import type { VoicePacket } from '../../types.js';
import type { MediaDescription } from './description.js';
import { NO_RTCP, RECEIVING_CHECKS, receiving$, type ReceivingOptions } from './receiving.js';

const checkOptions = fields(RECEIVING_CHECKS);

/**
 * Opens each datagram that is audio, and gives its Opus packet as `session.receive()` does: with RTP numbers, arrival and level, with its
 * user where there is a `roster`, decrypted end to end where there is `dave`. A packet whose user or whose keys are on their way waits
 * for up to a second. What is no audio, not authentic or cannot be decrypted is left out; nothing that comes makes it fail.
 *
 * ```
 * datagrams  --a--x--b--(c)---|    x is forged; c waits for its user
 * claimed                 --c-
 * result     --a-----b-----c--|
 * ```
 *
 * Errors with a VoiceUnsupportedError for a mode that is none, and for a call that is end-to-end encrypted without `dave`.
 *
 * @throws VoiceOptionsError for options that are none
 */
export function receiveOpus(description: MediaDescription, options: ReceivingOptions = {}): OperatorFunction<Uint8Array, VoicePacket> {
  checkOptions('', options);
  return (datagrams$) =>
    receiving$(datagrams$, description, options, (subscriber) => ({
      packets: { listensTo: () => true, next: (packet) => subscriber.next(packet) },
      rtcp$: NO_RTCP,
    }));
}
