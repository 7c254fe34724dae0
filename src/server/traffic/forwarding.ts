/** How audio is forwarded: byte for byte, or like real traffic. */
import type { AudioLevel } from '../../types.js';
import { withDefaults } from '../defaults.js';
import { isWhole } from '../whole-number.js';
import { checkShares, checkTimes } from './checks.js';
import type { DatagramRule } from './datagram-rule.js';
import { lossy, type LossyOptions } from './lossy.js';
import type { ForwardedPacket } from './packet.js';

/**
 * How forwarding changes audio. Everything is off by default. Random choices are the same for the same seed, independently for each pair of sender
 * and receiver. Loss, duplicates, reordering and jitter are those of `lossy`.
 */
export interface ForwardingOptions extends Omit<LossyOptions, 'direction'> {
  /** Share of packets that get padding (P bit), 1 to 64 bytes. In real traffic 0.03 to 0.15. Default 0. */
  readonly padding?: number;
  /** Share of packets that are followed by a burst of 1 to 6 padding-only packets. Default 0. */
  readonly paddingBursts?: number;
  /**
   * Whether those have RTP sequence numbers of their own, as RFC 3550 requires: later packets are renumbered, and a receiver that counts only frames
   * sees gaps. Otherwise they repeat the previous number. Default true.
   */
  readonly numberedBursts?: boolean;
  /**
   * The header extension: the sender's own, or one of ours in its place, with audio level (id 1) and speaking byte (id 9). Real audio has the
   * one-byte form in one word; silence has none. Default `as-sent`.
   */
  readonly extensions?: 'as-sent' | 'one-byte' | 'two-byte';
  /** The audio level of each packet, for an extension of ours. It must not throw. Default: voice, 30 dB below full scale. */
  readonly audioLevel?: (packet: ForwardedPacket) => AudioLevel;
  /** The number of contributing sources, 0 to 15, in place of the sender's own. Default 0: the sender's own. */
  readonly csrc?: number;
  /**
   * ms; if a sender has stopped for this long without a frame of silence, the server sends five of them, 20 ms apart, unencrypted if the call is
   * end-to-end encrypted. Default 0: never.
   */
  readonly silenceAfter?: number;
  /**
   * ms between RTCP reports: to each receiver a sender report and SDES for each sender, and to each sender a receiver report about its packets. In
   * the rtpsize modes only. Default 0: only receiver reports, each in answer to a client's sender report.
   */
  readonly reportInterval?: number;
}

/** {@link ForwardingOptions} that resemble real traffic. Add the effects of a network, such as `loss`, yourself. */
export const realTraffic: ForwardingOptions = {
  padding: 0.08,
  paddingBursts: 0.005,
  extensions: 'one-byte',
  silenceAfter: 100,
  reportInterval: 5_000,
};

/** The effects of forwarding itself, with every default filled in. */
export interface Forwarding extends Required<Omit<ForwardingOptions, Exclude<keyof LossyOptions, 'seed'>>> {
  /** The effects of the network. */
  readonly rule: DatagramRule;
}

/** Forwarding that changes nothing. */
export const DEFAULT_FORWARDING_OPTIONS = {
  seed: 1,
  padding: 0,
  paddingBursts: 0,
  numberedBursts: true,
  extensions: 'as-sent',
  audioLevel: () => ({ voice: true, level: 30 }),
  csrc: 0,
  silenceAfter: 0,
  reportInterval: 0,
} as const satisfies Omit<Forwarding, 'rule'>;

/** Fills in the defaults. @throws RangeError for a share outside 0 to 1, a negative time, or too many sources */
export function resolveForwarding(options: ForwardingOptions): Forwarding {
  const settings = withDefaults<Omit<Forwarding, 'rule'>>(DEFAULT_FORWARDING_OPTIONS, options);
  const { padding, paddingBursts, silenceAfter, reportInterval, csrc, seed } = settings;
  checkShares({ padding, paddingBursts });
  checkTimes({ silenceAfter, reportInterval });
  if (!isWhole(csrc, 0, 15)) throw new RangeError('csrc must be a whole number from 0 to 15');
  return { ...settings, rule: lossy({ ...options, seed, direction: 'outbound' }) };
}
