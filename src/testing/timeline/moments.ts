/** A timeline grouped by time: all notifications of one ms together. */
import type { TimelineMessage, TimelineNotification } from './message.js';

export type Moments = ReadonlyMap<number, readonly TimelineNotification[]>;

export function momentsOf(messages: readonly TimelineMessage[]): Moments {
  const moments = new Map<number, TimelineNotification[]>();
  for (const { frame, notification } of messages) {
    const moment = moments.get(frame);
    if (moment === undefined) moments.set(frame, [notification]);
    else moment.push(notification);
  }
  return moments;
}

/** The times of notifications in any of the timelines, in order. */
export function timesOf(...timelines: readonly Moments[]): number[] {
  return [...new Set(timelines.flatMap((moments) => [...moments.keys()]))].sort((a, b) => a - b);
}
