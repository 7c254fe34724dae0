/** The floor of playing: one timer for all sessions, and a cipher and a send for each frame. rxvoice does the join, with AES. */
import { firstValueFrom } from 'rxjs';
import { bareTransports, sender } from '../bare.mjs';
import { join as joinWith } from './rxvoice.mjs';

const FRAME_MS = 20;
/** Timers have a resolution of whole milliseconds. */
const EARLY_MS = 1;
const streams = new Set();
/** Streams that begin together share one wake-up. */
let begin = 0;

/** Joins all at once; resolves when all are ready. */
export async function join(admissions, { mode, dave }) {
  const bares = admissions.map(() => bareTransports());
  const joined = await Promise.all(
    admissions.map(async (admission, i) => (await joinWith([admission], { mode, dave, transports: bares[i].transports }))[0]),
  );
  return Promise.all(
    joined.map(async (session, i) => {
      const { ssrc } = await firstValueFrom(session.state$);
      const send = sender(bares[i], ssrc);
      return { ...session, play: (frames) => new Promise((done) => play({ send, frames, done })) };
    }),
  );
}

function play(stream) {
  if (streams.size === 0) {
    begin = performance.now();
    setTimeout(tick, 0);
  }
  streams.add({ ...stream, due: begin });
}

function tick() {
  const now = performance.now();
  let next = Infinity;
  for (const stream of streams) {
    if (stream.due <= now + EARLY_MS) step(stream);
    next = Math.min(next, stream.due);
  }
  if (streams.size > 0) setTimeout(tick, Math.max(0, next - performance.now()));
}

function step(stream) {
  stream.due += FRAME_MS;
  const { value, done } = stream.frames.next();
  if (!done) return stream.send(value);
  streams.delete(stream);
  stream.done();
}
