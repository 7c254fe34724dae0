/** DAVE by `@snazzah/davey`: MLS in Rust, as a native module. */
import { fields, functionOf, must, type Check } from '../checks/check.js';
import type { DaveGroupOptions, DaveKeyPair, DaveProvider } from '../driver/dave/provider.js';
import { loadDavey, type DaveyBinding } from './davey-binding.js';
import { DaveyGroup } from './davey-group.js';
import { checkKeyPair } from './key-pair.js';

/** Choices of {@link daveyProvider}. */
export interface DaveyOptions {
  /**
   * A signing key pair of the curve P-256 that is to last: other members, who verified it once, need not do so again. Default: a new
   * one for each call.
   */
  readonly keyPair?: DaveKeyPair;
  /** Loads `@snazzah/davey`, synchronously, from elsewhere. Default: it is required from where rxvoice, or the bundle that holds it, lies. */
  readonly load?: () => DaveyBinding;
}

const checkOptions = fields({
  // Looked at more closely below.
  keyPair: must('an object of privateKey and publicKey', (value) => typeof value === 'object' && value !== null),
  load: functionOf("that gives what require('@snazzah/davey') would"),
} satisfies Readonly<Record<keyof DaveyOptions, Check>>);

/**
 * End-to-end encryption by `@snazzah/davey`, to be given as `dave`. The module is loaded when the first session connects; where
 * that fails, it is the session that errors, with a VoiceUnsupportedError that names the cure.
 *
 * @throws VoiceOptionsError when `keyPair` is no key pair of the curve P-256, or `load` no function
 */
export function daveyProvider(options: DaveyOptions = {}): DaveProvider {
  checkOptions('', options);
  const { load } = options;
  const keyPair = options.keyPair && checkKeyPair(options.keyPair);
  let binding: DaveyBinding | undefined;
  const davey = (): DaveyBinding => (binding ??= loadDavey(load));
  return {
    get maxProtocolVersion() {
      return davey().DAVE_PROTOCOL_VERSION;
    },
    keyPair: () => keyPair ?? newKeyPair(davey()),
    open: (group) => open(davey(), group),
  };
}

function newKeyPair(davey: DaveyBinding): DaveKeyPair {
  const pair = davey.generateP256Keypair();
  return { privateKey: pair.private, publicKey: pair.public };
}

function open(davey: DaveyBinding, { version, userId, channelId, keyPair }: DaveGroupOptions): DaveyGroup {
  const { privateKey, publicKey } = checkKeyPair(keyPair);
  const pair = { private: Buffer.from(privateKey), public: Buffer.from(publicKey) };
  return new DaveyGroup(new davey.DAVESession(version, userId, channelId, pair));
}
