/** Checks authentic audio for behaviour that a rehearsal should show, although no source says that Discord refuses it. */
import type { Seal } from '../../crypto/seal.js';
import { hasDaveForm } from '../../protocol/dave-frame.js';
import type { EncryptionMode } from '../../protocol/encryption-modes.js';
import { parseRtpHeader, RTP_HEADER_BYTES, rtpPayload } from '../../protocol/rtp.js';
import { isSilenceFrame } from '../../protocol/silence.js';
import type { Suspicion } from '../rules/suspicions.js';
import type { VoiceSession } from '../sessions/voice-session.js';
import type { Suspicions } from '../suspicions.js';
import { SeenNonces } from './seen-nonces.js';

/** Bytes of nonce at the end of a datagram; in the one mode with 0, the RTP header is the nonce. */
const NONCE_BYTES: Readonly<Record<EncryptionMode, number>> = {
  aead_aes256_gcm_rtpsize: 4,
  aead_xchacha20_poly1305_rtpsize: 4,
  xsalsa20_poly1305_lite: 4,
  xsalsa20_poly1305_suffix: 24,
  xsalsa20_poly1305: 0,
};
const MARKER_BIT = 0x80;

/** Checks the packets of all sessions. */
export class Scrutiny {
  readonly #nonces = new WeakMap<Seal, SeenNonces>();

  constructor(private readonly suspicions: Suspicions) {}

  /** Whether to refuse a packet from a client. @param rtp the packet without transport encryption */
  refuses(datagram: Buffer, rtp: Uint8Array, session: VoiceSession, seal: Seal): boolean {
    const again = this.#again(datagram, seal);
    const nonce = again !== undefined && this.#saw(again, session);
    const marker = (datagram[1]! & MARKER_BIT) !== 0 && this.#saw('marker-bit', session);
    const plain = isPlain(rtp, session) && this.#saw('plain-audio', session);
    return nonce || marker || plain;
  }

  #again(datagram: Buffer, seal: Seal): Suspicion | undefined {
    let nonces = this.#nonces.get(seal);
    if (nonces === undefined) this.#nonces.set(seal, (nonces = new SeenNonces()));
    const bytes = NONCE_BYTES[seal.mode];
    const nonce = bytes === 0 ? datagram.toString('latin1', 0, RTP_HEADER_BYTES) : datagram.toString('latin1', datagram.length - bytes);
    const before = nonces.note(nonce, datagram);
    if (before === undefined) return undefined;
    return before.equals(datagram) ? 'repeated-packet' : 'reused-nonce';
  }

  #saw(what: Suspicion, session: VoiceSession): boolean {
    return this.suspicions.saw(what, session);
  }
}

/** Silence frames are never encrypted, and padding is not audio. */
function isPlain(rtp: Uint8Array, { call, userId }: VoiceSession): boolean {
  if (call?.dave === undefined) return false;
  const header = parseRtpHeader(rtp);
  if (header === undefined) return false;
  const payload = rtpPayload(rtp.subarray(header.headerBytes), header.extensionBytes, header.padding);
  if (payload === undefined || payload.length === 0 || isSilenceFrame(payload) || hasDaveForm(payload)) return false;
  return call.dave.encrypts(userId);
}
