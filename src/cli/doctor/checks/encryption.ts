/** Checks with a packet that the transport ciphers and the end-to-end encryption work here. */
import { randomBytes } from 'node:crypto';
import { createSeal, prepareMode } from '../../../crypto/seal.js';
import { daveyProvider } from '../../../index.js';
import { SECRET_KEY_BYTES, type EncryptionMode } from '../../../protocol/encryption-modes.js';
import { bad, ok, saidBy, warn, type Check, type Finding } from '../check.js';

/** A fixed RTP header, and a packet's worth of audio. */
const HEADER = Uint8Array.of(0x80, 0x78, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1);
const AUDIO_BYTES = 240;

/** Discord offers both current modes, so one that works is enough. */
export const transport: Check = {
  name: 'transport crypto',
  async run(): Promise<Finding> {
    const modes: readonly EncryptionMode[] = ['aead_xchacha20_poly1305_rtpsize', 'aead_aes256_gcm_rtpsize'];
    const tried = await Promise.all(modes.map(async (mode) => ({ mode, failure: await failureOf(mode) })));
    const works = tried.filter(({ failure }) => failure === undefined).map(({ mode }) => mode);
    if (works.length === modes.length) return ok(works.join(', '));
    const failures = tried.flatMap(({ mode, failure }) => (failure === undefined ? [] : [`${mode} does not work (${failure})`]));
    const cure = 'use a build of Node with WebAssembly and OpenSSL, and install the packages anew';
    return works.length > 0 ? warn([...works, ...failures].join(', '), cure) : bad(failures.join(', '), cure);
  },
};

async function failureOf(mode: EncryptionMode): Promise<string | undefined> {
  try {
    await prepareMode(mode);
    const key = randomBytes(SECRET_KEY_BYTES);
    const [sender, receiver] = [0, 1].map(() => createSeal(mode, Uint8Array.from(key), { random: randomBytes }));
    const audio = randomBytes(AUDIO_BYTES);
    const packet = sender!.seal(HEADER, audio);
    const opened = receiver!.open(packet, HEADER.length);
    return opened !== undefined && audio.equals(opened) ? undefined : 'a packet does not come out as it went in';
  } catch (error) {
    return saidBy(error);
  }
}

export const endToEnd: Check = {
  name: 'end-to-end (DAVE)',
  run(): Finding {
    try {
      const provider = daveyProvider();
      provider.keyPair();
      return ok(`protocol version ${provider.maxProtocolVersion}`);
    } catch (error) {
      return bad(
        saidBy(error),
        'npm install @snazzah/davey, with its optional dependencies (no --omit=optional): Discord lets nobody into a call without it',
      );
    }
  },
};
