/** Frames as hexadecimal text, and how much of what was played was heard. */
import { lastValueFrom, take, takeUntil, timer, toArray } from 'rxjs';

const SILENCE = 'f8fffe';

export function hex(frame) {
  return Buffer.from(frame).toString('hex');
}

/** Whether a frame is more than the silence that each library sends when it stops. */
export function isSound(text) {
  return text !== SILENCE;
}

/**
 * Listens for as many frames as were played, `ms` at most; resolves with how many of those came, in order, the places of those that did not, and
 * how many others came, or came again. Each of these takes a frame's place.
 */
export async function tally(heard$, played, ms) {
  const heard = await lastValueFrom(heard$.pipe(take(played.length), takeUntil(timer(ms)), toArray()));
  const missing = new Set(played.keys());
  let next = 0;
  for (const frame of heard) {
    const at = played.indexOf(frame, next);
    if (at < 0) continue;
    missing.delete(at);
    next = at + 1;
  }
  const count = played.length - missing.size;
  return { count, missing: [...missing], others: heard.length - count };
}
