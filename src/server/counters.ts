/** What the server counts, even if nobody listens. */

/**
 * Copies of one user's audio on their way to another user, by their outcome:
 *
 * ```
 * offered + doubled = forwarded + dropped + withheld + delayed
 * ```
 *
 * Packets that the server itself makes are counted separately, and no datagram rule drops them.
 */
export interface FlowCounters {
  /** Authentic audio packets of the sender, for which the receiver was a member of the call. */
  readonly offered: number;
  /** Copies beyond the first, made by a fault or the network. */
  readonly doubled: number;
  /** Sent. */
  readonly forwarded: number;
  /** Dropped by a fault or the network. */
  readonly dropped: number;
  /** Not sent to this receiver: it has no key yet, cannot read a frame that is end-to-end encrypted, or the sender is in a stage's audience. */
  readonly withheld: number;
  /** Delayed, and not yet sent. */
  readonly delayed: number;
  /** Frames of silence sent after a sender stopped. */
  readonly silence: number;
  /** Packets that contain only padding. */
  readonly paddingOnly: number;
}

/** {@link FlowCounters}, writable by the server. */
export type MutableFlowCounters = { -readonly [name in keyof FlowCounters]: number };

/** All counters at 0. */
export function zeroFlowCounters(): MutableFlowCounters {
  return { offered: 0, doubled: 0, forwarded: 0, dropped: 0, withheld: 0, delayed: 0, silence: 0, paddingOnly: 0 };
}

/** Datagrams since the start, by their outcome. They are counted even if nobody listens. */
export interface ServerCounters extends FlowCounters {
  /** Audio packets that were authentic. Their copies are counted as the sum of all flows, see {@link FlowCounters}. */
  readonly accepted: number;
  /** Audio from clients that a fault dropped, and copies beyond the first that it made. */
  readonly inboundDropped: number;
  readonly inboundDoubled: number;
  /** RTCP datagrams sent. */
  readonly reports: number;
  readonly discoveries: number;
  /** Keepalives of all kinds; those of eight bytes, which include pings, are answered. */
  readonly keepalives: number;
  /** RTCP datagrams of clients that could be parsed. */
  readonly clientReports: number;
  /** RTCP that cannot be parsed, and RTP with another payload type than Opus: tolerated, not forwarded. */
  readonly ignored: number;
  /** Not RTP, from an address that has not done IP discovery. */
  readonly malformed: number;
  /** With an SSRC that no session has. */
  readonly unknownSsrc: number;
  /** From another address than the one that the session discovered. */
  readonly foreign: number;
  /** Received before the session had a key. */
  readonly early: number;
  /** Not read, because a fault has silenced the user's media. */
  readonly unheard: number;
  /** Not authentic under the session's key and mode. */
  readonly undecryptable: number;
  /** Authentic, but suspicious, at a strict server. */
  readonly refused: number;
}

/** {@link ServerCounters}, writable by the server. */
export type MutableCounters = { -readonly [name in keyof ServerCounters]: number };

/** All counters at 0. */
export function zeroCounters(): MutableCounters {
  return {
    ...zeroFlowCounters(),
    accepted: 0,
    inboundDropped: 0,
    inboundDoubled: 0,
    reports: 0,
    discoveries: 0,
    keepalives: 0,
    clientReports: 0,
    ignored: 0,
    malformed: 0,
    unknownSsrc: 0,
    foreign: 0,
    early: 0,
    unheard: 0,
    undecryptable: 0,
    refused: 0,
  };
}
