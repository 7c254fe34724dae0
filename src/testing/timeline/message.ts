/** What a stream did, and when: the messages of rxjs' TestScheduler, as far as they are used here. */
import { same } from './same.js';

/** One notification. */
export type TimelineNotification =
  | { readonly kind: 'N'; readonly value: unknown }
  | { readonly kind: 'E'; readonly error: unknown }
  | { readonly kind: 'C' };

/** A notification and its virtual time. */
export interface TimelineMessage {
  /** ms */
  readonly frame: number;
  readonly notification: TimelineNotification;
}

/** Whether two notifications are the same; their times are not compared. */
export function sameNotification(actual: TimelineNotification, expected: TimelineNotification): boolean {
  if (actual.kind === 'N') return expected.kind === 'N' && same(actual.value, expected.value);
  if (actual.kind === 'E') return expected.kind === 'E' && same(actual.error, expected.error);
  return expected.kind === 'C';
}

/** Whether two streams did the same at the same time. */
export function sameTimeline(actual: readonly TimelineMessage[], expected: readonly TimelineMessage[]): boolean {
  return (
    actual.length === expected.length &&
    expected.every(({ frame, notification }, i) => actual[i]!.frame === frame && sameNotification(actual[i]!.notification, notification))
  );
}
