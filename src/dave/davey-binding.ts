/** The one place that knows how to find `@snazzah/davey`, a native module with prebuilt binaries. */
import { createRequire } from 'node:module';
import type * as Davey from '@snazzah/davey';
import { VoiceUnsupportedError } from '../errors.js';

/** What is used of `@snazzah/davey`. */
export type DaveyBinding = Pick<typeof Davey, 'DAVESession' | 'DAVE_PROTOCOL_VERSION' | 'generateP256Keypair'>;

/**
 * Loads the module, synchronously: a promise would not be virtual in a marble test.
 *
 * @param load default: `require('@snazzah/davey')`
 * @throws VoiceUnsupportedError, which names the cure, when the package or its binary for this platform is missing
 */
export function loadDavey(load: () => DaveyBinding = requireDavey): DaveyBinding {
  let binding: DaveyBinding;
  try {
    binding = load();
  } catch (error) {
    throw unusable(`'@snazzah/davey' could not be loaded (${error instanceof Error ? firstLine(error.message) : String(error)})`);
  }
  if (typeof binding?.DAVESession !== 'function' || typeof binding.generateP256Keypair !== 'function')
    throw unusable("'@snazzah/davey' does not export what it should: another version of it may be installed");
  return binding;
}

function requireDavey(): DaveyBinding {
  return createRequire(import.meta.url)('@snazzah/davey') as DaveyBinding;
}

/** Node's texts go on with a list of every path that was tried. */
function firstLine(text: string): string {
  return text.split('\n', 1)[0]!;
}

function unusable(what: string): VoiceUnsupportedError {
  return new VoiceUnsupportedError(
    'dave',
    `${what}. Install it with 'npm install @snazzah/davey', optional dependencies included, since its binary for ` +
      `${process.platform}-${process.arch} is one; or set 'dave: false', for stage channels and self-hosted servers only`,
  );
}
