/** What the server counts, whether or not anybody listens. */

/**
 * Copies of one user's audio on their way to another, by what became of them:
 *
 * ```
 * offered + doubled = forwarded + dropped + withheld + delayed
 * ```
 *
 * What the server makes itself is counted apart, and no rule takes it away.
 */
export interface FlowCounters {
  /** Authentic audio packets of the sender that the receiver was a member for. */
  readonly offered: number;
  /** Copies beyond the first, by a fault or the network. */
  readonly doubled: number;
  /** Sent. */
  readonly forwarded: number;
  /** Lost by a fault, or the network. */
  readonly dropped: number;
  /** Not for this receiver: it has no key yet, or cannot read a frame that is end-to-end encrypted. */
  readonly withheld: number;
  /** Under way, later. */
  readonly delayed: number;
  /** Frames of silence put behind a sender that stopped. */
  readonly silence: number;
  /** Packets of nothing but padding. */
  readonly paddingOnly: number;
}

/** {@link FlowCounters}, as the server writes them. */
export type MutableFlowCounters = { -readonly [name in keyof FlowCounters]: number };

/** All counters at 0. */
export function zeroFlowCounters(): MutableFlowCounters {
  return { offered: 0, doubled: 0, forwarded: 0, dropped: 0, withheld: 0, delayed: 0, silence: 0, paddingOnly: 0 };
}

/** Datagrams since the start, by what became of them. They count whether or not anybody listens. */
export interface ServerCounters extends FlowCounters {
  /** Audio packets that were authentic. Their copies are counted as the sum of all flows, see {@link FlowCounters}. */
  readonly accepted: number;
  /** Audio from clients that a fault has lost, and copies beyond the first that it has made. */
  readonly inboundDropped: number;
  readonly inboundDoubled: number;
  /** RTCP datagrams sent. */
  readonly reports: number;
  readonly discoveries: number;
  /** Keepalives of all kinds; those of eight bytes, pings among them, are answered. */
  readonly keepalives: number;
  /** RTCP, and RTP of another payload type than Opus: tolerated, not forwarded. */
  readonly ignored: number;
  /** Not RTP, from where nobody has discovered itself. */
  readonly malformed: number;
  /** Of an SSRC that no session has. */
  readonly unknownSsrc: number;
  /** From another address than the one that the session discovered. */
  readonly foreign: number;
  /** Before the session had a key. */
  readonly early: number;
  /** Not read, because a fault has silenced the user's media. */
  readonly unheard: number;
  /** Not authentic under the session's key and mode. */
  readonly undecryptable: number;
  /** Authentic, but suspicious, at a strict server. */
  readonly refused: number;
}

/** {@link ServerCounters}, as the server writes them. */
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
