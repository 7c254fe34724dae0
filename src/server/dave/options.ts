/** The options of a {@link DaveCall}, and the defaults. */
import { randomBytes } from 'node:crypto';
import { asyncScheduler, type SchedulerLike } from 'rxjs';
import type { Snowflake } from '../../types.js';
import { withDefaults } from '../defaults.js';
import { isWhole } from '../whole-number.js';
import type { DaveEvent } from './events.js';

/** Options of a {@link DaveCall}; see {@link DEFAULT_DAVE_OPTIONS}. */
export interface DaveCallOptions {
  /** The MLS group id. */
  readonly channelId: Snowflake;
  /**
   * How a client without DAVE is handled: it is refused with 4017, as at Discord, or the whole call
   * continues unencrypted until it leaves. Default 'refuse'.
   */
  readonly downgrade?: 'refuse' | 'downgrade';
  /**
   * The id of the transition in which a group is founded, 0 to 65 535. Default 0, as at Discord: a founded group takes effect at once. Later
   * transitions count up from it.
   */
  readonly firstTransitionId?: number;
  /** ms that a transition waits for clients that are not ready. Default 2000. */
  readonly transitionTimeout?: number;
  /** ms that proposals may wait for a commit; then the group is given up. Default 5000; doubled each time in a row. */
  readonly stallTimeout?: number;
  /** ms that a member stays in the group after its socket is lost. Default Infinity: until `leave`, so that a resume finds it in place. */
  readonly removeGrace?: number;
  /** Called synchronously with every event. It must not throw. */
  readonly onEvent?: (event: DaveEvent) => void;
  /** Source of the random bytes of faults. Keys come from node:crypto. Default: node:crypto. */
  readonly random?: (bytes: number) => Uint8Array;
  /** Runs every timer. Default `asyncScheduler`. */
  readonly scheduler?: SchedulerLike;
}

/** The options with every default filled in. */
export interface DaveSettings extends Required<Omit<DaveCallOptions, 'onEvent'>> {
  readonly onEvent: ((event: DaveEvent) => void) | undefined;
}

/** The defaults of a call. */
export const DEFAULT_DAVE_OPTIONS = {
  downgrade: 'refuse',
  firstTransitionId: 0,
  transitionTimeout: 2_000,
  stallTimeout: 5_000,
  removeGrace: Infinity,
  random: randomBytes,
  // Cast so that the published types do not name a file within rxjs.
  scheduler: asyncScheduler as SchedulerLike,
} as const satisfies Omit<DaveSettings, 'channelId' | 'onEvent'>;

/** Fills in the defaults. @throws RangeError for an invalid value */
export function resolveDaveOptions(options: DaveCallOptions): DaveSettings {
  const { channelId, onEvent } = options;
  const settings = withDefaults<DaveSettings>({ ...DEFAULT_DAVE_OPTIONS, channelId, onEvent }, options);
  checkSnowflake(settings.channelId);
  const { firstTransitionId: first, transitionTimeout, stallTimeout, removeGrace } = settings;
  if (!isWhole(first, 0, 0xffff))
    throw new RangeError('firstTransitionId must be a whole number from 0 to 65535');
  for (const [name, ms] of Object.entries({ transitionTimeout, stallTimeout }))
    if (!(ms > 0) || !Number.isFinite(ms)) throw new RangeError(`${name} must be a positive number of milliseconds`);
  if (!(removeGrace >= 0)) throw new RangeError('removeGrace must be 0 or more milliseconds');
  return settings;
}

/** @throws RangeError if the id is not an unsigned 64-bit integer in decimal */
export function checkSnowflake(id: Snowflake): void {
  if (!/^\d{1,20}$/.test(id) || BigInt(id) >= 1n << 64n) throw new RangeError(`not a snowflake: ${id}`);
}
