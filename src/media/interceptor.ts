/**
 * The interface between RTP/RTCP and the wire, for code that observes the traffic of a session or sends RTCP: reports, a tap, a
 * recorder of headers. Name and place are taken from pion's interceptors, but these cannot change packets.
 */
import type { Observable, ObservableInput, SchedulerLike } from 'rxjs';
import type { EncryptionMode } from '../protocol/encryption-modes.js';
import type { RtcpPacket } from '../protocol/rtcp.js';
import type { Snowflake } from '../types.js';

/**
 * Is called when a media session begins. Each Identify begins one; a resumed WebSocket keeps it. The Observable that it returns is subscribed to
 * until the media session ends; its values are ignored. If it errors, that is logged, the interceptor is removed, and audio goes on.
 *
 * ```ts
 * // Every two seconds: how many packets were sent since the last time.
 * const rate: MediaInterceptor = ({ sentRtp$, scheduler }) =>
 *   sentRtp$.pipe(bufferTime(2_000, scheduler), tap((packets) => console.log(packets.length)));
 * ```
 */
export type MediaInterceptor = (traffic: MediaTraffic) => ObservableInput<unknown>;

/**
 * The RTP and RTCP of one media session. The streams are hot, emit synchronously within the call that sends or receives, and complete with
 * the media session. Nothing is created for a stream without subscribers.
 */
export interface MediaTraffic {
  readonly guildId: Snowflake;
  /** Our own SSRC. */
  readonly ssrc: number;
  readonly mode: EncryptionMode;
  /** The session's scheduler: `at` is its time, and an interceptor's timers must run on it. */
  readonly scheduler: SchedulerLike;
  /** Packets that we sent, emitted when they are handed to the socket. */
  readonly sentRtp$: Observable<SentRtp>;
  readonly sentRtcp$: Observable<SentRtcp>;
  /** Packets that arrived, audio or not, listened to or not. Subscribing does not cause any decryption. */
  readonly receivedRtp$: Observable<ReceivedRtp>;
  /** Authentic RTCP that arrived. While this is subscribed to, RTCP is decrypted. Emits nothing in the xsalsa20 modes, which cannot decrypt RTCP. */
  readonly receivedRtcp$: Observable<ReceivedRtcp>;
  /** Totals of what was sent so far. For users that need only sums, such as reports, and not each packet. */
  sentTotals(): SentTotals;
  /**
   * Sends an RTCP compound, encrypted. Returns false if nothing is sent: the media session is over, or the mode is an xsalsa20 mode, which
   * has no unique nonce for it.
   *
   * @throws RangeError for a compound that does not begin with a report (RFC 3550 section 6.1), or a packet that cannot be written
   */
  sendRtcp(packets: readonly RtcpPacket[]): boolean;
}

/** The totals in a sender report, since the SSRC began. RFC 3550 section 6.4.1. */
export interface SentTotals {
  readonly packets: number;
  /** Bytes of payload; of the encrypted payload if the call is end-to-end encrypted. */
  readonly octets: number;
}

/** One RTP packet that we sent. RFC 3550 section 5.1. */
export interface SentRtp {
  /** 16 bits, wraps. */
  readonly sequence: number;
  /** 32 bits, wraps; samples at 48 kHz. */
  readonly timestamp: number;
  /** Bytes of payload; of the encrypted payload if the call is end-to-end encrypted. The octets of {@link SentTotals}. */
  readonly payloadBytes: number;
  /** Bytes of the datagram. */
  readonly bytes: number;
  /** ms. */
  readonly at: number;
}

/** One RTP packet that arrived. RFC 3550 section 5.1. */
export interface ReceivedRtp {
  readonly ssrc: number;
  /** The user of the SSRC; null while it is unknown. */
  readonly userId: Snowflake | null;
  /** 120 is Opus. */
  readonly payloadType: number;
  /** 16 bits, wraps. */
  readonly sequence: number;
  /** 32 bits, wraps; for audio, samples at 48 kHz. */
  readonly timestamp: number;
  readonly marker: boolean;
  /** Bytes of the datagram. */
  readonly bytes: number;
  /** ms. */
  readonly at: number;
  /**
   * Whether the transport encryption proves that the voice server sent it; null if that was not checked, because nobody listens or it is
   * not audio. In the xsalsa20 modes this does not cover the header.
   */
  readonly authentic: boolean | null;
}

/** An RTCP compound that we sent. RFC 3550 section 6. */
export interface SentRtcp {
  readonly packets: readonly RtcpPacket[];
  /** Bytes of the datagram. */
  readonly bytes: number;
  /** ms. */
  readonly at: number;
}

/** An RTCP compound that arrived. RFC 3550 section 6. */
export interface ReceivedRtcp {
  readonly packets: readonly RtcpPacket[];
  /** Bytes of the datagram. */
  readonly bytes: number;
  /** ms. */
  readonly at: number;
}
