/** The input of the media stages: the contents of Session Description, and the cipher of its mode. */
import { defer, type Observable } from 'rxjs';
import { must } from '../../checks/check.js';
import { VoiceUnsupportedError } from '../../errors.js';
import type { FrameCipher } from '../../media/frame-cipher.js';
import { isEncryptionMode, type EncryptionMode } from '../../protocol/encryption-modes.js';
import { loaded$ } from '../connection/encryption-mode.js';

/** What is needed to encrypt and decrypt media: a `SessionDescription` is one. */
export interface MediaDescription {
  /** The transport encryption mode that the server chose. */
  readonly mode: string;
  /** 32 bytes. A secret. */
  readonly secretKey: Uint8Array;
  /** The DAVE version of the call; above 0 its media need the cipher of `dave$`. Default 0. */
  readonly daveVersion?: number;
}

/** The same for a sender: `{ ...description, ssrc: ready.ssrc }`. */
export interface SenderDescription extends MediaDescription {
  /** Our SSRC, from Ready. */
  readonly ssrc: number;
}

/** Holds the end-to-end cipher in force, read for each frame: the `Dave` that `dave$` emits is one. */
export interface CipherSource {
  /** Null while the call is in the clear. */
  readonly cipher: FrameCipher | null;
}

export const CIPHER_SOURCE = must('what dave$ emits', (value) => typeof value === 'object' && value !== null && 'cipher' in value);

/** A call in the clear. */
export const NO_CIPHER: CipherSource = { cipher: null };

/**
 * Emits the mode of a description when its cipher is loaded; that takes time only for the first use of `aead_xchacha20_poly1305_rtpsize`. Errors with
 * a VoiceUnsupportedError if the mode is unknown, or the call is end-to-end encrypted and there is no cipher: nothing may leave in the clear because
 * an option was forgotten.
 */
export function mode$({ mode, daveVersion = 0 }: MediaDescription, { cipher }: CipherSource): Observable<EncryptionMode> {
  return defer(() => {
    if (!isEncryptionMode(mode)) throw new VoiceUnsupportedError('encryption', `it described ${mode}, which is not one that rxvoice speaks`);
    if (daveVersion > 0 && cipher === null)
      throw new VoiceUnsupportedError('dave', 'give what dave$ emits as the option dave, and tell it the version by describe() first');
    return loaded$(mode);
  });
}
