/** What is done about a fault: data and a pure function. The close codes' own table is `protocol/close-codes.ts`. */
import { closeCodeFacts, type CloseAction } from '../protocol/close-codes.js';
import type { ConnectStage, EndReason } from '../types.js';

/** What went wrong with a voice connection. */
export type VoiceFault = (
  | { readonly type: 'closed'; readonly closeCode: number }
  | { readonly type: 'timeout'; readonly stage: ConnectStage; readonly ms: number }
  | { readonly type: 'udp'; readonly message: string }
) & {
  /** Whether the session was ready before, or this was its first connection. */
  readonly wasReady: boolean;
};

/**
 * What to do about it; `delay` in ms.
 *
 * - `resume`: a new WebSocket takes the media session over; audio flows meanwhile. Where there is no media session to take
 *   over, the driver re-identifies
 * - `reidentify`: a new WebSocket and a new media session, with the same credentials; audio is held
 * - `rejoin`: leave, and join again by op 4, for new credentials; audio is held
 * - `wait`: hold, and wait up to `delay` for Discord to name another server or to end the membership; then fail
 * - `end`: the session completes
 * - `fail`: the session errors
 */
export type Recovery =
  | { readonly action: 'resume' | 'reidentify' | 'rejoin' | 'wait'; readonly delay: number }
  | { readonly action: 'end'; readonly reason: EndReason }
  | { readonly action: 'fail' };

/** Tries at one rung before the next: resume, then re-identify, then rejoin. */
const TRIES_PER_RUNG = 3;
/** A move looks like a kick at first: so long we wait for the other half of the news. */
const WAIT_MS = 10_000;
const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 5_000;

/** A session that has been ready for this long (ms) has got over its last fault: the count of attempts starts anew. */
export const STABLE_MS = 30_000;

/**
 * The default recovery.
 *
 * @param fault what happened
 * @param attempt 1 for the first fault, rising until the session has been ready for 30 s
 */
export function defaultRecovery(fault: VoiceFault, attempt: number): Recovery {
  // A first connection that hangs is told to the caller at once, with the likely cause: trying on would only hide it.
  if (fault.type === 'timeout' && !fault.wasReady) return { action: 'fail' };
  const action = firstRung(fault);
  switch (action) {
    case 'fail':
      return { action };
    case 'wait':
      return { action, delay: WAIT_MS };
    case 'rejoin':
      return attempt <= TRIES_PER_RUNG ? { action, delay: backoff(attempt) } : { action: 'fail' };
    default:
      return climb(action, attempt, fault);
  }
}

function firstRung(fault: VoiceFault): CloseAction {
  switch (fault.type) {
    case 'closed':
      return closeCodeFacts(fault.closeCode).action;
    case 'timeout':
      return 'resume';
    case 'udp':
      // A resume would take the dead socket along.
      return 'reidentify';
  }
}

/** Three tries at a rung, then the next one up; 12 in all at the most. */
function climb(action: 'resume' | 'reidentify', attempt: number, fault: VoiceFault): Recovery {
  const rungs = action === 'resume' && fault.wasReady ? (['resume', 'reidentify', 'rejoin'] as const) : (['reidentify', 'rejoin'] as const);
  const rung = rungs[Math.floor((attempt - 1) / TRIES_PER_RUNG)];
  if (rung === undefined) return { action: 'fail' };
  return { action: rung, delay: attempt === 1 ? 0 : backoff(attempt - 1) };
}

/** 250 ms, doubled each time, up to 5 s. The driver adds jitter. */
function backoff(tries: number): number {
  return Math.min(FIRST_DELAY_MS * 2 ** (tries - 1), MAX_DELAY_MS);
}

