/** Which options of a user can be sent to the far side, and the errors for those that cannot. */
import { VoiceOptionsError } from '../errors.js';
import type { LogEvent } from '../log.js';
import type { VoiceOptions } from '../driver/options.js';
import { defaultRecovery, recipeOf, recoverBy, type RecoveryRecipe } from '../driver/recovery/recovery.js';
import { steadyScheduler } from '../steady-scheduler.js';

type Plain = 'e2ee' | 'modes' | 'timeouts' | 'stableAfter' | 'discovery' | 'senderReports' | 'gatewayVersion';

/** {@link VoiceOptions} as plain data. */
export interface PortableOptions extends Pick<VoiceOptions, Plain> {
  readonly dave?: false;
  readonly recovery?: RecoveryRecipe;
}

const PLAIN: readonly Plain[] = ['e2ee', 'modes', 'timeouts', 'stableAfter', 'discovery', 'senderReports', 'gatewayVersion'];
/** Options that are code, or contain code, and so cannot be sent; with the cure. */
const BOUND: readonly (readonly [keyof VoiceOptions, string])[] = [
  ['scheduler', 'the far side has a clock of its own'],
  ['transports', 'the far side opens its own sockets: give the engine the settings for them, such as `tls`'],
  ['random', 'the far side asks its own operating system'],
  ['interceptors', 'let sessions that need one run here, without the option engine'],
];

/**
 * The options that are sent to the far side. `linger`, `whereami` and `whereamiEvery` are for the home side, and `log` is called there.
 *
 * @throws VoiceOptionsError, which names an option that cannot be sent
 */
export function portableOptions(options: VoiceOptions): PortableOptions {
  const { dave, recovery, scheduler } = options;
  for (const [name, cure] of BOUND) {
    if (options[name] === undefined || (name === 'scheduler' && scheduler === steadyScheduler)) continue;
    throw new VoiceOptionsError(name, `cannot travel to where the engine runs the session: ${cure}`);
  }
  if (dave !== undefined && dave !== false)
    throw new VoiceOptionsError('dave', 'cannot travel to where the engine runs the session: leave it out for daveyProvider(), which is made there');
  const recipe = recovery === undefined || recovery === defaultRecovery ? undefined : recipeOf(recovery);
  if (recovery !== undefined && recovery !== defaultRecovery && recipe === undefined)
    throw new VoiceOptionsError('recovery', 'is a function of your own, and cannot travel to where the engine runs the session: write it as changes of the table, by recoverBy({ … })');
  const plain = Object.fromEntries(PLAIN.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
  return { ...plain, ...(dave === false ? { dave } : {}), ...(recipe === undefined ? {} : { recovery: recipe }) };
}

/** Converts them back on the far side. */
export function arrivedOptions({ recovery, ...plain }: PortableOptions, log: ((event: LogEvent) => void) | undefined): VoiceOptions {
  return {
    ...plain,
    ...(recovery === undefined ? {} : { recovery: recoverBy(recovery.changes, recovery.budget) }),
    ...(log === undefined ? {} : { log }),
  };
}
