/** A session that can only send, because no UDP comes in and so IP discovery gets no answer. */
import { defaultIfEmpty, takeUntil, tap, type MonoTypeOperatorFunction } from 'rxjs';
import { deadline$ } from '../../deadline.js';
import type { Log } from '../../log.js';
import type { DiscoveredAddress } from '../../protocol/discovery.js';
import type { ResolvedOptions } from '../options.js';

/**
 * The address to which the server sends our audio. Select Protocol needs one, but only for receiving. This one is reserved for documentation
 * (RFC 5737), so that nobody else gets the audio, with the port of the discard protocol (RFC 863).
 */
export const NOWHERE: DiscoveredAddress = { address: '192.0.2.1', port: 9 };

/**
 * With `discovery: 'optional'`, emits {@link NOWHERE} if no answer comes within half of the stage's deadline.
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
