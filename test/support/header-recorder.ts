/** An interceptor that records one line for each packet, in or out, with its time. */
import { finalize, map, merge, tap } from 'rxjs';
import type { MediaInterceptor } from '../../src/media/interceptor.js';

/** `60 out 1001 #32896 t2155905152 4+32`: SSRC, sequence, timestamp, payload bytes and the bytes around them; then `over 1001`. */
export function headerRecorder(lines: string[]): MediaInterceptor {
  return ({ ssrc, mode, sentRtp$, sentRtcp$, receivedRtp$, receivedRtcp$ }) => {
    lines.push(`begin ${ssrc} ${mode}`);
    return merge(
      sentRtp$.pipe(
        map(({ at, sequence, timestamp, payloadBytes, bytes }) =>
          `${at} out ${ssrc} #${sequence} t${timestamp} ${payloadBytes}+${bytes - payloadBytes}`),
      ),
      receivedRtp$.pipe(
        map(({ at, ssrc: source, userId, payloadType, sequence, timestamp, marker, bytes, authentic }) =>
          `${at} in ${source} ${userId} pt${payloadType} #${sequence} t${timestamp}${marker ? ' marker' : ''} ${bytes} ${authentic}`),
      ),
      sentRtcp$.pipe(map(({ at, packets, bytes }) => `${at} out ${packets.map(({ type }) => type).join()} ${bytes}`)),
      receivedRtcp$.pipe(map(({ at, packets, bytes }) => `${at} in ${packets.map(({ type }) => type).join()} ${bytes}`)),
    ).pipe(
      tap({ next: (line) => lines.push(line), complete: () => lines.push(`over ${ssrc}`) }),
      finalize(() => lines.push(`gone ${ssrc}`)),
    ); // prettier-ignore
  };
}
