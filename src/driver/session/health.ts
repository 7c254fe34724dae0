/** Whether audio can flow, since when, and why not: one value out of the session's state, its encryption and its last fault. */
import { BehaviorSubject } from 'rxjs';
import { closeCodeFacts } from '../../protocol/close-codes.js';
import type { E2eeStatus, VoiceState } from '../../types.js';
import { closeCodeOf } from '../recovery/fault-errors.js';
import type { FaultKind, VoiceFault } from '../../fault.js';

/** How a session is. Plain data; the times are ms of the session's scheduler. */
export interface VoiceHealth {
  /**
   * Whether audio can flow: the session is ready, or its WebSocket is being resumed while UDP goes on, and the call is either in
   * the clear or its keys are there.
   */
  readonly ready: boolean;
  /** Since when `ready` is what it is. */
  readonly since: number;
  /** What is in the way, in words for a person; null while ready. */
  readonly reason: string | null;
  readonly state: VoiceState;
  readonly e2ee: E2eeStatus;
  /** What took the session off the air, or nearly; null once it is ready again. */
  readonly fault: VoiceFault | null;
}

/** Follows a session. Each change of it is told here, whether or not anybody listens: `since` must be true for who comes late. */
export class HealthMonitor {
  readonly health$: BehaviorSubject<VoiceHealth>;
  readonly #now: () => number;

  constructor(now: () => number, state: VoiceState) {
    this.#now = now;
    this.health$ = new BehaviorSubject<VoiceHealth>(assess(state, 'plain', null, now()));
  }

  state(state: VoiceState): void {
    const { e2ee, fault } = this.health$.value;
    this.#next(state, e2ee, state.status === 'ready' ? null : fault);
  }

  e2ee(status: E2eeStatus): void {
    const { state, e2ee, fault } = this.health$.value;
    if (status !== e2ee) this.#next(state, status, fault);
  }

  fault(fault: VoiceFault): void {
    const { state, e2ee } = this.health$.value;
    this.#next(state, e2ee, fault);
  }

  #next(state: VoiceState, e2ee: E2eeStatus, fault: VoiceFault | null): void {
    const before = this.health$.value;
    const health = assess(state, e2ee, fault, this.#now());
    this.health$.next(health.ready === before.ready ? { ...health, since: before.since } : health);
  }
}

function assess(state: VoiceState, e2ee: E2eeStatus, fault: VoiceFault | null, since: number): VoiceHealth {
  const obstacle = connectionObstacle(state) ?? E2EE_OBSTACLES[e2ee];
  const reason = obstacle === null || fault === null ? obstacle : `${obstacle}, after ${faultText(fault)}`;
  return { ready: obstacle === null, since, reason, state, e2ee, fault };
}

function connectionObstacle(state: VoiceState): string | null {
  switch (state.status) {
    case 'signalling':
      return 'waiting for Discord to name a voice server';
    case 'connecting':
      return `connecting for the first time (stage '${state.stage}', attempt ${state.attempt})`;
    case 'reconnecting':
      return `reconnecting (attempt ${state.attempt})`;
    case 'ended':
      return `ended: ${state.reason}`;
    default:
      return null;
  }
}

const E2EE_OBSTACLES: Readonly<Record<E2eeStatus, string | null>> = {
  plain: null,
  secure: null,
  alone: 'nobody else is in this encrypted call, so there is nobody to hear',
  forming: 'the end-to-end encrypted group is being made',
  failed: 'the end-to-end encrypted group could not be joined; the next try follows within 30 s',
};

/** A fault in words. */
export function faultText(fault: FaultKind): string {
  const closeCode = closeCodeOf(fault);
  if (closeCode !== null) return `close code ${closeCode} (${closeCodeFacts(closeCode).meaning})`;
  switch (fault.type) {
    case 'timeout':
      return `stage '${fault.stage}' took more than ${fault.ms} ms`;
    case 'udp':
      return fault.message;
    case 'moved':
      return `a move to channel ${fault.channelId}`;
    case 'no-endpoint':
      return 'Discord took the voice server away';
    case 'new-token':
      return 'Discord named another voice server or a new token';
    case 'gateway-reidentified':
      return "the bot gateway's session was replaced";
    case 'call-ended':
      return 'the end of the call';
    case 'kicked':
      return 'a disconnect by somebody else';
    default:
      return fault.type;
  }
}
