/** Frames as hexadecimal text, and a count of how many played frames were heard. */
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
 * Takes as many frames as were played, for at most `ms`. Resolves with how many of the played frames came in order, the indexes of the missing
 * ones, and how many other or repeated frames came. Each of the latter counts as one of the frames taken.
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
