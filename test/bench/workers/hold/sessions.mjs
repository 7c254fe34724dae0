/** Sessions of rxvoice: in threads, or in the main thread if `threads` is 0. The main thread supplies the frames. */
import { load } from '../../library.mjs';
import { join } from '../../senders/rxvoice.mjs';
import { endless } from './frame.mjs';

const MODE = 'aead_xchacha20_poly1305_rtpsize';

export async function create(threads) {
  const { workerEngine } = await load('workers/index.js');
  const engine = threads === 0 ? undefined : workerEngine({ threads, script: new URL('./thread.mjs', import.meta.url) });
  const sessions = [];
  return {
    join: async (admissions) => void sessions.push(...(await join(admissions, { mode: MODE, dave: false, engine }))),
    plays: () => sessions.map((session) => () => session.play(endless())),
  };
}
