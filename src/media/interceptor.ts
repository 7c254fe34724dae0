/**
 * Between RTP and RTCP and the wire. Who looks at the traffic of a session, or has RTCP to send, stands here: reports, a tap, a
 * recorder of headers. The word, and the place, are those of pion's interceptors; what passes cannot be changed here.
 */
import type { Observable, ObservableInput, SchedulerLike } from 'rxjs';
import type { EncryptionMode } from '../protocol/encryption-modes.js';
import type { RtcpPacket } from '../protocol/rtcp.js';
import type { Snowflake } from '../types.js';

/**
 * Is called when a media session begins: one for each Identify, which a resumed WebSocket goes on with. What it returns is subscribed to
 * until the media session ends; the values are ignored. One that errors is left out from there on, which the log tells, and audio goes on.
 *
 * ```ts
 * // Every two seconds what was sent since.
 * const rate: MediaInterceptor = ({ sentRtp$, scheduler }) =>
 *   sentRtp$.pipe(bufferTime(2_000, scheduler), tap((packets) => console.log(packets.length)));
 * ```
 */
export type MediaInterceptor = (traffic: MediaTraffic) => ObservableInput<unknown>;

/**
 * The RTP and RTCP of one media session. The streams are hot, told in the very call that sends or receives, and complete with the
 * media session. Nothing is made for a stream that nobody is subscribed to.
 */
export interface MediaTraffic {
  readonly guildId: Snowflake;
  /** Our own SSRC. */
  readonly ssrc: number;
  readonly mode: EncryptionMode;
  /** The session's: `at` is its time, and timers of an interceptor run on it. */
  readonly scheduler: SchedulerLike;
  /** What we sent, when it was handed to the socket. */
  readonly sentRtp$: Observable<SentRtp>;
  readonly sentRtcp$: Observable<SentRtcp>;
  /** What came, audio or not, listened to or not. To subscribe has nothing decrypted. */
  readonly receivedRtp$: Observable<ReceivedRtp>;
  /** What came and is authentic. To subscribe is to listen: RTCP is decrypted for it. Never in the xsalsa20 modes, which cannot open it. */
  readonly receivedRtcp$: Observable<ReceivedRtcp>;
  /** How much was sent so far. Who needs no more than the sums, as a report does, need not be told of each packet. */
  sentTotals(): SentTotals;
  /**
   * Sends a compound of RTCP, encrypted. False where nothing is sent: the media session is over, or in an xsalsa20 mode, which has no
   * nonce for it that is used only once.
   *
   * @throws RangeError for a compound that does not begin with a report (RFC 3550 section 6.1), or a packet that cannot be written
   */
  sendRtcp(packets: readonly RtcpPacket[]): boolean;
}

/** What a sender report says of what was sent since the SSRC began. RFC 3550 section 6.4.1. */
export interface SentTotals {
  readonly packets: number;
  /** Bytes of payload, end-to-end encrypted where the call is. */
  readonly octets: number;
}

/** One RTP packet that we sent. RFC 3550 section 5.1. */
export interface SentRtp {
  /** 16 bits, wraps. */
  readonly sequence: number;
  /** 32 bits, wraps; samples at 48 kHz. */
  readonly timestamp: number;
  /** Bytes of payload, end-to-end encrypted where the call is: the octets of {@link SentTotals}. */
  readonly payloadBytes: number;
  /** Bytes of the datagram. */
  readonly bytes: number;
  /** ms. */
  readonly at: number;
}

/** One RTP packet that came. RFC 3550 section 5.1. */
export interface ReceivedRtp {
  readonly ssrc: number;
  /** Whose SSRC it is; null while nobody has said. */
  readonly userId: Snowflake | null;
  /** 120 is Opus. */
  readonly payloadType: number;
  /** 16 bits, wraps. */
  readonly sequence: number;
  /** 32 bits, wraps; of audio, samples at 48 kHz. */
  readonly timestamp: number;
  readonly marker: boolean;
  /** Bytes of the datagram. */
  readonly bytes: number;
  /** ms. */
  readonly at: number;
  /**
   * Whether the transport encryption says that the voice server sent it; null where it was not asked, because nobody listens or it is
   * no audio. In the xsalsa20 modes it says nothing of the header.
   */
  readonly authentic: boolean | null;
}

/** A compound of RTCP that we sent. RFC 3550 section 6. */
export interface SentRtcp {
  readonly packets: readonly RtcpPacket[];
  /** Bytes of the datagram. */
  readonly bytes: number;
  /** ms. */
  readonly at: number;
}

/** A compound of RTCP that came. RFC 3550 section 6. */
export interface ReceivedRtcp {
  readonly packets: readonly RtcpPacket[];
  /** Bytes of the datagram. */
  readonly bytes: number;
  /** ms. */
  readonly at: number;
}
