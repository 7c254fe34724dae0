/** How audio is forwarded: byte for byte as it came, or as real traffic looks. */
import type { AudioLevel } from '../../types.js';
import { withDefaults } from '../defaults.js';
import { isWhole } from '../whole-number.js';
import { checkShares, checkTimes } from './checks.js';
import type { DatagramRule } from './datagram-rule.js';
import { lossy, type LossyOptions } from './lossy.js';
import type { ForwardedPacket } from './packet.js';

/**
 * What forwarding does to audio on its way out. Everything is off by default, and what is by chance is the same for the same
 * seed, for each pair of sender and receiver by itself. Loss, duplicates, reordering and jitter are those of `lossy`.
 */
export interface ForwardingOptions extends Omit<LossyOptions, 'direction'> {
  /** Share of the packets that get padding (P bit), 1 to 64 bytes of it. In real traffic 0.03 to 0.15. Default 0. */
  readonly padding?: number;
  /** Share of the packets behind which a burst of 1 to 6 packets comes that hold nothing but padding. Default 0. */
  readonly paddingBursts?: number;
  /**
   * Whether those have RTP sequence numbers of their own, as RFC 3550 has it: what follows is renumbered, and a receiver that
   * counts only frames finds gaps. Else they repeat the number before. Default true.
   */
  readonly numberedBursts?: boolean;
  /**
   * The header extension: as the sender sent it, or one of ours in its place, with audio level (id 1) and speaking byte (id 9).
   * Real audio has the one-byte form in one word; silence has none. Default `as-sent`.
   */
  readonly extensions?: 'as-sent' | 'one-byte' | 'two-byte';
  /** The audio level to tell, per packet, in an extension of ours. It must not throw. Default: voice, 30 dB below full scale. */
  readonly audioLevel?: (packet: ForwardedPacket) => AudioLevel;
  /** So many contributing sources, 0 to 15, in place of the sender's own. Default 0: the sender's own. */
  readonly csrc?: number;
  /**
   * ms; when a sender has stopped for so long without a frame of silence, the server puts five of them behind, 20 ms apart, in the
   * clear where the call is end-to-end encrypted. Default 0: never.
   */
  readonly silenceAfter?: number;
  /**
   * ms between RTCP reports: to each receiver a sender report and SDES for each who sends, and to each sender a receiver report
   * of what came from it. In the rtpsize modes only. Default 0: none.
   */
  readonly reportInterval?: number;
}

/** {@link ForwardingOptions} as real traffic has them. What a network does to it, such as `loss`, is left to be added. */
export const realTraffic: ForwardingOptions = {
  padding: 0.08,
  paddingBursts: 0.005,
  extensions: 'one-byte',
  silenceAfter: 100,
  reportInterval: 5_000,
};

/** What forwarding itself does, with every default filled in. */
export interface Forwarding extends Required<Omit<ForwardingOptions, Exclude<keyof LossyOptions, 'seed'>>> {
  /** What the network does. */
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

/** Fills in the defaults. @throws RangeError for a share outside of 0 to 1, a negative time, or more sources than fit */
export function resolveForwarding(options: ForwardingOptions): Forwarding {
  const settings = withDefaults<Omit<Forwarding, 'rule'>>(DEFAULT_FORWARDING_OPTIONS, options);
  const { padding, paddingBursts, silenceAfter, reportInterval, csrc, seed } = settings;
  checkShares({ padding, paddingBursts });
  checkTimes({ silenceAfter, reportInterval });
  if (!isWhole(csrc, 0, 15)) throw new RangeError('csrc must be a whole number from 0 to 15');
  return { ...settings, rule: lossy({ ...options, seed, direction: 'outbound' }) };
}
