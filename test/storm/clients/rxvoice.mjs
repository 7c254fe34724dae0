/** rxvoice with its defaults. */
import { Observable } from 'rxjs';
import { load } from '../../bench/library.mjs';

const { connectVoice$, gatewayPort } = await load('index.js');

/** Resolves when the session is ready. The environment of the process names the certificate to trust. */
export function join(gateway, ids) {
  const events$ = new Observable((subscriber) => gateway.subscribe((payload) => subscriber.next(payload)));
  const port = gatewayPort(events$, (command) => gateway.next(command));
  let state = 'joining';
  return new Promise((resolve, reject) => {
    const subscription = connectVoice$(port, ids, { modes: ['aead_aes256_gcm_rtpsize'] }).subscribe({
      next: (session) => {
        session.state$.subscribe(({ status, reason }) => (state = reason === undefined ? status : `${status} (${reason})`));
        resolve({
          play: (frames) => session.play(frames).subscribe({ error: () => undefined }),
          state: () => state,
          leave: () => subscription.unsubscribe(),
        });
      },
      error: (error) => {
        state = `error (${error.closeCode ?? error.code})`;
        reject(error);
      },
    });
  });
}
