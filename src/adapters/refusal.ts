/** When a shard takes commands, and what is thrown when it does not. */
import { VoiceGatewayError } from '../errors.js';

/** The dispatches with which a shard begins to take commands; before them Discord closes it for one (4003). */
export const WAKING: ReadonlySet<unknown> = new Set(['READY', 'RESUMED']);

/** Op 4 was not sent, and why. */
export function refusal(why: string): VoiceGatewayError {
  return new VoiceGatewayError(`op 4 was not sent: ${why}`, undefined);
}
