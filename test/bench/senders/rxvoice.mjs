/** rxvoice as in normal use: connectVoice$ on a bot gateway, default transports. */
import { filter, firstValueFrom, lastValueFrom, Subject, takeUntil, tap } from 'rxjs';
import { load } from '../library.mjs';

const { connectVoice$, gatewayPort } = await load('index.js');

/** Joins all at once; resolves when all are ready. */
export function join(admissions, { mode, dave, engine, transports }) {
  const options = { modes: [mode], ...(dave ? {} : { dave }), ...(engine === undefined ? {} : { engine }), ...(transports === undefined ? {} : { transports }) };
  return Promise.all(admissions.map((admission) => joinOne(admission, options)));
}

function joinOne({ ids, voiceState, voiceServer }, options) {
  const events = new Subject();
  const gateway = gatewayPort(events, ({ d }) => {
    if (d.channel_id === null) return;
    queueMicrotask(() => {
      events.next({ op: 0, t: 'VOICE_STATE_UPDATE', s: 1, d: voiceState });
      events.next({ op: 0, t: 'VOICE_SERVER_UPDATE', s: 2, d: voiceServer });
    });
  });
  return new Promise((resolve, reject) => {
    const subscription = connectVoice$(gateway, ids, options).subscribe({
      next: (session) =>
        resolve({
          /** Resolves when there is a group to encrypt for. */
          secure: () => firstValueFrom(session.e2ee$.pipe(filter(({ status }) => status === 'secure'))),
          /** Resolves with the privacy code of the group, once it has `count` members. */
          agreed: async (count) => {
            const whole = ({ status, members }) => status === 'secure' && members.length === count;
            return (await firstValueFrom(session.e2ee$.pipe(filter(whole)))).privacyCode;
          },
          play: (frames) => lastValueFrom(session.play(frames)),
          playFile: async (path) => lastValueFrom(session.play((await load('audio/index.js')).source(path))),
          playUntil: (frames, stop$, told) => lastValueFrom(session.play(frames).pipe(tap(told), takeUntil(stop$))),
          state$: session.state$,
          leave: () => subscription.unsubscribe(),
        }),
      error: reject,
    });
  });
}
