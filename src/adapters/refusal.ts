/** When a shard accepts commands, and the error thrown when it does not. */
import { VoiceGatewayError } from '../errors.js';

/** The dispatches after which a shard accepts commands; a command before them makes Discord close the shard (4003). */
export const WAKING: ReadonlySet<unknown> = new Set(['READY', 'RESUMED']);

/** The error for an op 4 that was not sent, with the reason. */
export function refusal(why: string): VoiceGatewayError {
  return new VoiceGatewayError(`op 4 was not sent: ${why}`, undefined);
}
