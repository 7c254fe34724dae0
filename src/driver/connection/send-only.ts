/** A session that can only send: where the answer to IP discovery never comes, since no UDP comes in. */
import { defaultIfEmpty, takeUntil, tap, type MonoTypeOperatorFunction } from 'rxjs';
import { deadline$ } from '../../deadline.js';
import type { Log } from '../../log.js';
import type { DiscoveredAddress } from '../../protocol/discovery.js';
import type { ResolvedOptions } from '../options.js';

/**
 * Where what is sent to us goes: nowhere. Select Protocol needs an address, and uses it for receiving alone; this one is for documentation
 * (RFC 5737), so that nobody else gets our audio, with the port that discards (RFC 863).
 */
export const NOWHERE: DiscoveredAddress = { address: '192.0.2.1', port: 9 };

/**
 * With `discovery: 'optional'`, gives {@link NOWHERE} in place of an answer that does not come within half of the stage's deadline.
 *
 * ```
 * discovery  ------------------     no answer
 * deadline   ---------|
 * result     ---------(n|)          n nowhere
 * ```
 */
export function orNowhere(
  { discovery, timeouts, scheduler }: Pick<ResolvedOptions, 'discovery' | 'timeouts' | 'scheduler'>,
  log: Log,
): MonoTypeOperatorFunction<DiscoveredAddress> {
  if (discovery === 'required') return (source) => source;
  return (source) =>
    source.pipe(
      takeUntil(deadline$(timeouts.discovery / 2, scheduler)),
      defaultIfEmpty(NOWHERE),
      tap((address) => address === NOWHERE && log({ type: 'send-only' })),
    );
}
