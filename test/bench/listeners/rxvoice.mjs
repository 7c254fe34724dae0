/** rxvoice as a listener: one `session.receive()` for all speakers, or none, which leaves the cost of the socket. */
import { filter, firstValueFrom, Subject } from 'rxjs';
import { load } from '../library.mjs';

const { connectVoice$, gatewayPort } = await load('index.js');

/** Joins; resolves when the session is ready. */
export function join({ ids, voiceState, voiceServer }, { mode, dave, transports }) {
  const events = new Subject();
  const gateway = gatewayPort(events, ({ d }) => {
    if (d.channel_id === null) return;
    queueMicrotask(() => {
      events.next({ op: 0, t: 'VOICE_STATE_UPDATE', s: 1, d: voiceState });
      events.next({ op: 0, t: 'VOICE_SERVER_UPDATE', s: 2, d: voiceServer });
    });
  });
  return new Promise((resolve, reject) => {
    const options = { modes: [mode], ...(dave ? {} : { dave }), ...(transports === undefined ? {} : { transports }) };
    const subscription = connectVoice$(gateway, ids, options).subscribe({
      next: (session) =>
        resolve({
          /** Resolves when the group has this privacy code. */
          agree: (code) => firstValueFrom(session.e2ee$.pipe(filter(({ privacyCode }) => privacyCode === code))),
          hear: (users, take) => void session.receive().subscribe(({ frame }) => take(frame)),
          deafen: () => undefined,
          /** Datagrams that were read and classified, but not opened because nothing listened. */
          unheard: async () => (await firstValueFrom(session.stats$)).datagrams.unheard,
          leave: () => subscription.unsubscribe(),
        }),
      error: reject,
    });
  });
}
