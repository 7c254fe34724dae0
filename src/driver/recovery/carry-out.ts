/** Carries a {@link Recovery} out, as far as it is the same for a voice server and for the session as a whole. */
import { concat, defer, ignoreElements, of, throwError, timer, type Observable, type SchedulerLike } from 'rxjs';
import { deadline$ } from '../../deadline.js';
import type { VoiceTimeoutError } from '../../errors.js';
import type { Recovery } from '../../fault.js';
import type { EndReason } from '../../types.js';

/** Thrown towards the signalling: this server is given up, op 4 has to find another. Never reaches the user. */
export class RejoinRequest {
  constructor(readonly delay: number) {}
}

/** Thrown where Discord did not answer op 4, until recovery has decided on it. Never reaches the user. */
export class Unanswered {
  constructor(readonly timeout: VoiceTimeoutError) {}
}

/** Thrown where recovery ends the session. Never reaches the user. */
export class EndRequest {
  constructor(readonly reason: EndReason) {}
}

/** Where {@link carryOut$} takes its time from, and its jitter. */
export interface CarryOutOptions {
  readonly scheduler: SchedulerLike;
  readonly random: (bytes: number) => Uint8Array;
}

/**
 * Emits once, when the next try is to be made: after the delay, with its jitter. Errors with a {@link RejoinRequest}, an
 * {@link EndRequest} or the failure where there is to be no next try here; after a wait that brought nothing, with what comes then.
 *
 * @param failure what the user is told if recovery gives up
 */
export function carryOut$(
  recovery: Recovery,
  failure: () => unknown,
  options: CarryOutOptions,
): Observable<unknown> {
  const { scheduler, random } = options;
  switch (recovery.action) {
    case 'resume':
    case 'reidentify':
      return recovery.delay === 0 ? of(undefined) : timer(jittered(recovery.delay, random), scheduler);
    case 'rejoin':
      return throwError(() => new RejoinRequest(jittered(recovery.delay, random)));
    case 'wait':
      return concat(
        // Waited for in full: whoever waits less than the others gains nothing.
        deadline$(recovery.delay, scheduler).pipe(ignoreElements()),
        defer(() => carryOut$(recovery.then ?? { action: 'fail' }, failure, options)),
      );
    case 'end':
      return throwError(() => new EndRequest(recovery.reason));
    case 'fail':
      return throwError(failure);
  }
}

/** Between half the delay and one and a half, so that a crowd of sessions that fell together does not come back together. */
function jittered(delay: number, random: (bytes: number) => Uint8Array): number {
  const [byte = 0] = random(1);
  return Math.round(delay * (0.5 + byte / 256));
}
