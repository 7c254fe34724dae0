/** Stands for a DaveProvider where there is none: it speaks no version, so that only plain calls are possible. */
import { VoiceUnsupportedError } from '../../errors.js';
import type { DaveProvider } from './provider.js';

/** Nothing but its version is ever asked for. */
export const NO_PROVIDER: DaveProvider = { maxProtocolVersion: 0, keyPair: unsupported, open: unsupported };

function unsupported(): never {
  throw new VoiceUnsupportedError('dave', 'no DaveProvider was given as `dave`');
}
