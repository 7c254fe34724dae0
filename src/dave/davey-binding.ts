/** The only place that loads `@snazzah/davey`, a native module with prebuilt binaries. */
import type * as Davey from '@snazzah/davey';
import { VoiceUnsupportedError } from '../errors.js';
import { firstLine, requirePackage } from '../runtime/require-package.js';

/** The part of `@snazzah/davey` that is used here. */
export type DaveyBinding = Pick<typeof Davey, 'DAVESession' | 'DAVE_PROTOCOL_VERSION' | 'generateP256Keypair'>;

/**
 * Loads the module synchronously: a promise would not run in the virtual time of a marble test.
 *
 * @param load default: requires `@snazzah/davey` from the location of this code
 * @throws VoiceUnsupportedError, which names the cure, if the package or its binary for this platform is missing
 */
export function loadDavey(load?: () => DaveyBinding): DaveyBinding {
  let binding: DaveyBinding;
  try {
    binding = load === undefined ? (requirePackage('@snazzah/davey') as DaveyBinding) : load();
  } catch (error) {
    const reason = firstLine(error);
    throw unusable(load === undefined ? reason : `the 'load' of daveyProvider() failed (${reason})`);
  }
  if (typeof binding?.DAVESession !== 'function' || typeof binding.generateP256Keypair !== 'function')
    throw unusable("what was loaded as '@snazzah/davey' does not export what it should: another version of it may be installed");
  return binding;
}

function unusable(what: string): VoiceUnsupportedError {
  return new VoiceUnsupportedError('dave', `${what}; or set 'dave: false', for stage channels and self-hosted servers only`);
}
