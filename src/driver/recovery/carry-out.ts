/** Carries out a {@link Recovery}: the part that is the same for a voice server and for the whole session. */
import { concat, defer, ignoreElements, of, throwError, timer, type Observable, type SchedulerLike } from 'rxjs';
import { deadline$ } from '../../deadline.js';
import type { VoiceTimeoutError } from '../../errors.js';
import type { Recovery } from '../../fault.js';
import type { EndReason } from '../../types.js';

/** Thrown towards the signalling: this server is given up, and op 4 must find another. Never reaches the user. */
export class RejoinRequest {
  constructor(readonly delay: number) {}
}

/** Thrown if Discord did not answer op 4, until recovery has decided what to do. Never reaches the user. */
export class Unanswered {
  constructor(readonly timeout: VoiceTimeoutError) {}
}

/** Thrown if recovery ends the session. Never reaches the user. */
export class EndRequest {
  constructor(readonly reason: EndReason) {}
}

/** The time and the randomness for {@link carryOut$}. */
export interface CarryOutOptions {
  readonly scheduler: SchedulerLike;
  readonly random: (bytes: number) => Uint8Array;
}

/**
 * Emits once, when the next attempt is to be made: after the delay, with jitter. Errors with a {@link RejoinRequest}, an
 * {@link EndRequest} or the failure if there is no next attempt here. A wait that ends without result is followed by its `then`.
 *
 * @param failure the error for the user if recovery gives up
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
        // Without jitter: a shorter wait than that of other sessions has no advantage.
        deadline$(recovery.delay, scheduler).pipe(ignoreElements()),
        defer(() => carryOut$(recovery.then ?? { action: 'fail' }, failure, options)),
      );
    case 'end':
      return throwError(() => new EndRequest(recovery.reason));
    case 'fail':
      return throwError(failure);
  }
}

/** Between half the delay and one and a half times the delay, so that sessions that failed together do not all return together. */
function jittered(delay: number, random: (bytes: number) => Uint8Array): number {
  const [byte = 0] = random(1);
  return Math.round(delay * (0.5 + byte / 256));
}
