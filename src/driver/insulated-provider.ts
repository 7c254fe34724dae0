/** The caller's DaveProvider, beyond the edge. What its groups throw is taken for a refusal where they are asked (`dave/result.ts`). */
import { VoiceError, VoiceUnsupportedError } from '../errors.js';
import type { DaveProvider } from './dave/provider.js';

/** The same provider; what it throws when it is asked for its version is an error of ours. */
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
