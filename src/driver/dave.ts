/** Where end-to-end encryption enters the flow: a provider's ciphers, for as long as one media session lives. */
import { ReplaySubject, throwError, type Observable } from 'rxjs';
import { VoiceUnsupportedError } from '../errors.js';
import type { FrameCipher } from '../media/frame-cipher.js';
import type { VoiceServer } from '../types.js';
import type { MediaSlot } from './media-slot.js';
import type { DaveProvider } from './ports.js';

/**
 * Opens the provider's call at once, before Identify is sent, so that it sees every frame; its life is the slot's. The returned
 * Observable replays the last cipher.
 */
export function daveCiphers$(
  slot: MediaSlot,
  server: VoiceServer,
  provider: DaveProvider | false,
): Observable<FrameCipher | null> {
  if (provider === false) {
    return throwError(
      () => new VoiceUnsupportedError('dave', 'the server described a DAVE version, but no DaveProvider was given as `dave`'),
    );
  }
  const cipher$ = new ReplaySubject<FrameCipher | null>(1);
  slot.keep(
    provider
      .ciphers$({
        userId: server.userId,
        channelId: server.channelId,
        frames$: slot.frames$,
        send: (message) => slot.send(message),
      })
      .subscribe(cipher$),
  );
  return cipher$;
}
