/** The choice of the transport encryption, as a stage. */
import { catchError, from, map, Observable, of, throwError } from 'rxjs';
import { prepareMode } from '../../crypto/seal.js';
import { VoiceUnsupportedError } from '../../errors.js';
import { ENCRYPTION_MODES, pickMode, type EncryptionMode } from '../../protocol/encryption-modes.js';

/**
 * The first of `allowed` that the server offers: emits it when its cipher is loaded, which takes time only for the first use of
 * `aead_xchacha20_poly1305_rtpsize`, and completes. Errors with a VoiceUnsupportedError if they have none in common.
 *
 * ```
 * cipher  (l)--l     loaded already; loaded later
 * result  (m|)-(m|)
 * ```
 *
 * @param offered `modes` of Ready
 * @param allowed in order of preference. Default all of them, Discord's preferred one first
 */
export function encryptionMode$(
  offered: readonly string[],
  allowed: readonly EncryptionMode[] = ENCRYPTION_MODES,
): Observable<EncryptionMode> {
  return new Observable((subscriber) => {
    const mode = pickMode(offered, allowed);
    if (mode === undefined)
      throw new VoiceUnsupportedError('encryption', `it offers ${offered.join(', ') || 'none'}; allowed here: ${allowed.join(', ')}`);
    loaded$(mode).subscribe(subscriber);
  });
}

/** Emits the mode when its cipher is loaded. Errors with a VoiceUnsupportedError if it cannot be loaded. */
export function loaded$(mode: EncryptionMode): Observable<EncryptionMode> {
  const loading = prepareMode(mode);
  // Waits only if the cipher still has to be loaded: a promise would break flows that run in virtual time.
  if (loading === undefined) return of(mode);
  const failed = (): Observable<never> =>
    throwError(() => new VoiceUnsupportedError('encryption', `the cipher of ${mode} could not be loaded`));
  return from(loading).pipe(map(() => mode), catchError(failed)); // prettier-ignore
}
