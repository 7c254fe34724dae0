/** RTCP in, datagrams out, encrypted with the same seal as the audio. */
import type { Seal } from '../../crypto/seal.js';
import { isRtpSizeMode } from '../../protocol/encryption-modes.js';
import { RTCP_CLEAR_BYTES, type RtcpPacket } from '../../protocol/rtcp.js';
import { writeRtcp } from '../../protocol/rtcp-writer.js';
import type { MediaTime } from '../media-time.js';
import type { Traffic } from '../traffic.js';
import type { DatagramSink } from './sender.js';

/** What a {@link RtcpSender} sends with. */
export interface RtcpSenderOptions {
  readonly seal: Seal;
  readonly port: DatagramSink;
  readonly traffic: Traffic;
  readonly time: Pick<MediaTime, 'now'>;
}

export class RtcpSender {
  readonly #seal: Seal;
  readonly #port: DatagramSink;
  readonly #traffic: Traffic;
  readonly #time: Pick<MediaTime, 'now'>;
  #closed = false;

  constructor({ seal, port, traffic, time }: RtcpSenderOptions) {
    this.#seal = seal;
    this.#port = port;
    this.#traffic = traffic;
    this.#time = time;
  }

  /**
   * Sends a compound. Returns false if nothing is sent: after `close`, and in the xsalsa20 modes. One of these makes the nonce from the
   * header, which is the same for each report, and all of them leave twelve bytes unencrypted, where RTCP has eight.
   *
   * @throws RangeError for a compound that does not begin with a report (RFC 3550 section 6.1), or a packet that cannot be written
   */
  send(packets: readonly RtcpPacket[]): boolean {
    const first = packets[0]?.type;
    if (first !== 'sender-report' && first !== 'receiver-report')
      throw new RangeError(`a compound of RTCP begins with a report, not with ${first ?? 'nothing'}: put a receiver report without blocks first`);
    const compound = writeRtcp(packets);
    if (this.#closed || !isRtpSizeMode(this.#seal.mode)) return false;
    const datagram = this.#seal.seal(compound.subarray(0, RTCP_CLEAR_BYTES), compound.subarray(RTCP_CLEAR_BYTES));
    this.#port.send(datagram);
    const { sentRtcp$ } = this.#traffic;
    if (sentRtcp$.observed) sentRtcp$.next({ packets, bytes: datagram.length, at: this.#time.now() });
    return true;
  }

  /** The media session is over: nothing is sent any more. */
  close(): void {
    this.#closed = true;
  }
}
