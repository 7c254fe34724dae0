/** What a session tells of its reception: plain data, for `structuredClone`. */
import type { Snowflake } from '../../types.js';
import type { FrameRefusal } from '../frame-cipher.js';

/**
 * Packets that came and could not be heard, by reason: {@link FrameRefusal}'s, and `expired` for those whose keys were on their way
 * and did not come within a second.
 */
export type RefusedStats = Readonly<Record<FrameRefusal | 'expired', number>>;

/** How one user is received, or all together, since the session began. */
export interface ReceptionStats {
  /** Packets given to who listens. */
  readonly packets: number;
  /** Bytes of Opus in them. */
  readonly bytes: number;
  /** Packets that did not come: gaps in the RTP sequence. What comes late takes its place back. RFC 3550 A.3. */
  readonly lost: number;
  /** Packets that came again, or so far out of turn that they cannot be told from those. They are not given to who listens. */
  readonly duplicates: number;
  /** Packets that came after one that was sent later. */
  readonly reordered: number;
  readonly refused: RefusedStats;
  /**
   * Packets among those given to who listens that came in the clear in an encrypted call, frames of silence not counted: real clients send a
   * few around transitions, and more are refused as `unencrypted`.
   */
  readonly plain: number;
  /** Interarrival jitter in ms, smoothed: RFC 3550 A.8. Of all users together, the largest. */
  readonly jitter: number;
  /** Bits of Opus a second, over the interval that ends now; null in the first value. */
  readonly bitrate: number | null;
}

/**
 * What became of the datagrams, since the session began. Each is counted in exactly one place:
 *
 * ```
 * received = audio + refused + duplicates + empty + waiting + unclaimed + undecryptable + unheard
 *          + rtcp + rtcpUndecryptable + rtcpMalformed + control + malformed + other
 * ```
 */
export interface DatagramStats {
  readonly received: number;
  /** Packets given to who listens. */
  readonly audio: number;
  /** Packets whose end-to-end encryption could not be undone, for whatever reason. */
  readonly refused: number;
  /** Packets that came again, or so far out of turn that they cannot be told from those: see `ReceptionStats.duplicates`. */
  readonly duplicates: number;
  /** Packets without audio: of padding only. */
  readonly empty: number;
  /** Packets that wait now: for the news of whose they are, or for keys. */
  readonly waiting: number;
  /** Packets thrown away because nobody was named as their sender in time. */
  readonly unclaimed: number;
  /** Packets that failed transport decryption: forged, damaged, or under another key. */
  readonly undecryptable: number;
  /** Audio and RTCP that nobody listened to: it is not decrypted. */
  readonly unheard: number;
  /** RTCP given to who listens. */
  readonly rtcp: number;
  /** RTCP that failed transport decryption; in the xsalsa20 modes, all of it. */
  readonly rtcpUndecryptable: number;
  /** RTCP that is authentic, and cannot be read. */
  readonly rtcpMalformed: number;
  /** Answers to pings, keepalives and IP discovery. */
  readonly control: number;
  /** What is no RTP, or promises more than there is. */
  readonly malformed: number;
  /** RTP that is no audio: video, probes of the bandwidth. */
  readonly other: number;
}

/** How a session receives. */
export interface ReceiveStats {
  /** ms of the session's scheduler. */
  readonly at: number;
  /** By user: who was heard, or refused, since the session began; of more than 1 000, the latest. */
  readonly users: ReadonlyMap<Snowflake, ReceptionStats>;
  /** All users together, and packets of nobody known. */
  readonly totals: ReceptionStats;
  readonly datagrams: DatagramStats;
}
