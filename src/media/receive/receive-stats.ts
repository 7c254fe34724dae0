/** A session's statistics of reception: plain data that `structuredClone` can copy. */
import type { Snowflake } from '../../types.js';
import type { FrameRefusal } from '../frame-cipher.js';

/**
 * Packets that arrived and could not be played, by reason: a {@link FrameRefusal}, or `expired` if keys were coming but did not arrive
 * within a second.
 */
export type RefusedStats = Readonly<Record<FrameRefusal | 'expired', number>>;

/** How one user, or all users together, have been received since the session began. */
export interface ReceptionStats {
  /** Packets given to listeners. */
  readonly packets: number;
  /** Bytes of Opus in them. */
  readonly bytes: number;
  /** Packets that did not arrive: gaps in the RTP sequence. A late packet is no longer counted as lost. RFC 3550 A.3. */
  readonly lost: number;
  /** Packets that arrived again, or so far out of order that they cannot be distinguished from repeated ones. Listeners do not get them. */
  readonly duplicates: number;
  /** Packets that arrived after one that was sent later. */
  readonly reordered: number;
  readonly refused: RefusedStats;
  /**
   * Packets given to listeners that arrived unencrypted in an encrypted call, not counting frames of silence. Real clients send a few around
   * transitions; further ones are refused as `unencrypted`.
   */
  readonly plain: number;
  /** Interarrival jitter in ms, smoothed: RFC 3550 A.8. For all users together, the largest. */
  readonly jitter: number;
  /** Bits of Opus per second, since the previous value; null in the first value. */
  readonly bitrate: number | null;
}

/**
 * What happened to the datagrams since the session began. Each is counted in exactly one field:
 *
 * ```
 * received = audio + refused + duplicates + empty + waiting + unclaimed + undecryptable + unheard
 *          + rtcp + rtcpUndecryptable + rtcpMalformed + control + malformed + other
 * ```
 */
export interface DatagramStats {
  readonly received: number;
  /** Packets given to listeners. */
  readonly audio: number;
  /** Packets that failed end-to-end decryption, for whatever reason. */
  readonly refused: number;
  /** Packets that arrived again, or so far out of order that they cannot be distinguished from those: see `ReceptionStats.duplicates`. */
  readonly duplicates: number;
  /** Packets without audio, with padding only. */
  readonly empty: number;
  /** Packets that are waiting now, to learn their sender or for keys. */
  readonly waiting: number;
  /** Packets dropped because their sender was not announced in time. */
  readonly unclaimed: number;
  /** Packets that failed transport decryption: forged, damaged, or encrypted with another key. */
  readonly undecryptable: number;
  /** Audio and RTCP that nobody listened to, which is not decrypted. */
  readonly unheard: number;
  /** RTCP given to listeners. */
  readonly rtcp: number;
  /** RTCP that failed transport decryption; in the xsalsa20 modes, all of it. */
  readonly rtcpUndecryptable: number;
  /** RTCP that is authentic but cannot be parsed. */
  readonly rtcpMalformed: number;
  /** Answers to pings, keepalives and IP discovery. */
  readonly control: number;
  /** Datagrams that are not RTP, or shorter than their header says. */
  readonly malformed: number;
  /** RTP that is not audio: video, bandwidth probes. */
  readonly other: number;
}

/** How a session receives. */
export interface ReceiveStats {
  /** ms of the session's scheduler. */
  readonly at: number;
  /** By user: everybody of whom packets were heard or refused since the session began; at most the latest 1 000. */
  readonly users: ReadonlyMap<Snowflake, ReceptionStats>;
  /** All users together, including packets of unknown users. */
  readonly totals: ReceptionStats;
  readonly datagrams: DatagramStats;
}
