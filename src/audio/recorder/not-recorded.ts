/** Reports, once a second, speakers whose packets are not in the files as they came. */
import { bufferTime, concatMap, concatWith, filter, ignoreElements, map, merge, of, takeUntil, type Observable, type SchedulerLike } from 'rxjs';
import type { PacketDamage } from '../opus/speaker-decoder.js';
import type { RecordingEvent } from './events.js';
import type { Placed } from './placement.js';
import type { Speaker } from './speaker.js';

/** The event for one packet. */
export type NotRecorded = Extract<RecordingEvent, { type: 'not-recorded' }>;

const TICK_MS = 1_000;

export function oneTooMany({ userId, ssrc }: Speaker): NotRecorded {
  const message = 'there are as many speakers as maxSpeakers lets be: raise it';
  return { type: 'not-recorded', reason: 'too-many-speakers', userId, ssrc, packets: 1, message };
}

export function damagedPacket({ userId, ssrc, error }: PacketDamage): NotRecorded {
  const message = error instanceof Error ? error.message : String(error);
  return { type: 'not-recorded', reason: 'undecodable', userId, ssrc, packets: 1, message };
}

/**
 * ```
 * placed      -a-X-X-Y---|     X, Y: one speaker too many, and another
 * undecoded   --d-d-------     d: packets that the codec refuses
 * events      ----------(dXY)-|  each once a second, with the number of packets
 * ```
 */
export function notRecorded$(placed$: Observable<Placed>, undecoded$: Observable<NotRecorded>, scheduler: SchedulerLike): Observable<NotRecorded> {
  const ended$ = placed$.pipe(ignoreElements(), concatWith(of(undefined)));
  const refused$ = placed$.pipe(
    filter(({ place }) => place === 'too-many-speakers'),
    map(({ speaker }) => oneTooMany(speaker)),
  );
  return merge(refused$, undecoded$).pipe(takeUntil(ended$), bufferTime(TICK_MS, scheduler), concatMap(summed));
}

/** Sums up the packets of each speaker and reason, with the message of the last one. */
function summed(all: readonly NotRecorded[]): NotRecorded[] {
  const sums = new Map<string, NotRecorded>();
  for (const one of all) {
    const key = `${one.reason} ${one.ssrc}`;
    sums.set(key, { ...one, packets: (sums.get(key)?.packets ?? 0) + 1 });
  }
  return [...sums.values()];
}
