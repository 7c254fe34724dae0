/** Replaces a missing DaveProvider: it supports no version, so that only plain calls are possible. */
import { VoiceUnsupportedError } from '../../errors.js';
import type { DaveProvider } from './provider.js';

/** Only its version is ever read. */
export const NO_PROVIDER: DaveProvider = { maxProtocolVersion: 0, keyPair: unsupported, open: unsupported };

function unsupported(): never {
  throw new VoiceUnsupportedError('dave', 'no DaveProvider was given as `dave`');
}
