/** The caller's DaveProvider, behind the edge. What its groups throw counts as a refusal at the place that calls them (`dave/result.ts`). */
import { VoiceError, VoiceUnsupportedError } from '../errors.js';
import type { DaveProvider } from './dave/provider.js';

/** The same provider; what it throws when asked for its version becomes one of our errors. */
export function insulatedProvider(provider: DaveProvider): DaveProvider {
  return {
    get maxProtocolVersion() {
      try {
        return provider.maxProtocolVersion;
      } catch (error) {
        if (error instanceof VoiceError) throw error;
        throw new VoiceUnsupportedError('dave', `the DaveProvider does not say what it speaks: ${String(error)}`, { cause: error });
      }
    },
    keyPair: () => provider.keyPair(),
    open: (options) => provider.open(options),
  };
}
