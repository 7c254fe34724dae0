/** DAVE implemented by `@snazzah/davey`: MLS in Rust, as a native module. */
import { fields, functionOf, must, type Check } from '../checks/check.js';
import type { DaveGroupOptions, DaveKeyPair, DaveProvider } from '../driver/dave/provider.js';
import { loadDavey, type DaveyBinding } from './davey-binding.js';
import { DaveyGroup } from './davey-group.js';
import { checkKeyPair } from './key-pair.js';

/** Options of {@link daveyProvider}. */
export interface DaveyOptions {
  /** A persistent signing key pair of the curve P-256: other members who verified it once need not do so again. Default: a new one for each call. */
  readonly keyPair?: DaveKeyPair;
  /**
   * Loads `@snazzah/davey` synchronously from another location. Default: it is required from the location of rxvoice, or of the bundle that contains
   * it.
   */
  readonly load?: () => DaveyBinding;
}

const checkOptions = fields({
  // Checked in detail below.
  keyPair: must('an object of privateKey and publicKey', (value) => typeof value === 'object' && value !== null),
  load: functionOf("that gives what require('@snazzah/davey') would"),
} satisfies Readonly<Record<keyof DaveyOptions, Check>>);

/**
 * End-to-end encryption by `@snazzah/davey`, for the option `dave`. The module is loaded when the first session connects; if that fails, the session
 * errors with a VoiceUnsupportedError that names the cure.
 *
 * @throws VoiceOptionsError if `keyPair` is not a key pair of the curve P-256, or `load` is not a function
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
  const made = { privateKey: Uint8Array.from(pair.private), publicKey: Uint8Array.from(pair.public) };
  pair.private.fill(0);
  return made;
}

function open(davey: DaveyBinding, { version, userId, channelId, keyPair }: DaveGroupOptions): DaveyGroup {
  const { privateKey, publicKey } = checkKeyPair(keyPair);
  const pair = { private: Buffer.from(privateKey), public: Buffer.from(publicKey) };
  const session = new davey.DAVESession(version, userId, channelId, pair);
  // These are our copies, and davey has its own. The key pair itself belongs to the caller, or is kept for the call.
  privateKey.fill(0);
  pair.private.fill(0);
  return new DaveyGroup(session);
}
