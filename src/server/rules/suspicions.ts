/**
 * Behaviour that a rehearsal should show, although no source says that Discord refuses it. It is reported and counted; the option `strict` also
 * refuses it. docs/server-refusals.md is this table too.
 */
import { CloseCode } from '../../protocol/close-codes.js';

/** A suspicious behaviour, and how `strict` handles it. */
export interface SuspicionRule {
  readonly what: string;
  /** The close code under `strict`; null: the packet is not accepted. */
  readonly strictly: number | null;
}

/** The suspicions by name. */
export const SUSPICIONS = {
  'bare-heartbeat': { what: 'a heartbeat that is a bare number, in version 8', strictly: CloseCode.InvalidPayload },
  'no-seq-ack': { what: 'a heartbeat without `seq_ack`, in version 8', strictly: CloseCode.InvalidPayload },
  'unknown-seq-ack': { what: 'a `seq_ack` that was never given out', strictly: CloseCode.InvalidPayload },
  'object-heartbeat': { what: 'a heartbeat that is an object, before version 8', strictly: CloseCode.InvalidPayload },
  'foreign-ssrc': { what: "a Speaking of an SSRC that is not the session's", strictly: CloseCode.BadRequest },
  'plain-audio': {
    what: 'a packet without end-to-end encryption, other than silence, from a member of the group of an encrypted call',
    strictly: null,
  },
  'reused-nonce': { what: 'a transport nonce that came before, around other bytes', strictly: null },
  'repeated-packet': { what: 'the same datagram again', strictly: null },
  'marker-bit': { what: 'the RTP marker bit: JDA, Eris, Dysnomia and disgo drop such a packet', strictly: null },
} as const satisfies Readonly<Record<string, SuspicionRule>>;

/** The name of a suspicion. */
export type Suspicion = keyof typeof SUSPICIONS;

/** How often each was seen, since the start. */
export type SuspicionCounters = Readonly<Record<Suspicion, number>>;
