/** A session of rxvoice, as a member of the call. */
import { filter, lastValueFrom, map } from 'rxjs';
import { load } from '../../bench/library.mjs';
import { hex, isSound } from '../frames.mjs';

const { connectVoice$ } = await load('index.js');

/** Joins; resolves when the session is ready. */
export function join(gateway, ids) {
  return new Promise((resolve, reject) => {
    const membership = connectVoice$(gateway, ids).subscribe({
      next: (session) =>
        resolve({
          name: 'rxvoice',
          userId: ids.userId,
          code$: session.e2ee$.pipe(map(({ privacyCode }) => privacyCode)),
          /** rxvoice does this by itself. */
          introduce: () => undefined,
          hear: async (userId) => session.receive(userId).pipe(map(({ frame }) => hex(frame)), filter(isSound)),
          play: (frames) => lastValueFrom(session.play(frames)),
          leave: () => membership.unsubscribe(),
        }),
      error: reject,
    });
  });
}
