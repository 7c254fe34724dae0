/** Whether audio can flow, since when, and why not: one value, made from the session's state, its encryption and its last fault. */
import { closeCodeFacts } from '../../protocol/close-codes.js';
import type { E2eeStatus, VoiceState } from '../../types.js';
import { closeCodeOf } from '../recovery/fault-errors.js';
import type { FaultKind, VoiceFault } from '../../fault.js';

/** The health of a session. Plain data; times are in ms of the session's scheduler. */
export interface VoiceHealth {
  /**
   * Whether audio can flow: the session is ready, or its WebSocket is being resumed while UDP goes on; the call is either not end-to-end
   * encrypted or its keys are there; and the bot is not in the audience of a stage.
   */
  readonly ready: boolean;
  /** Since when `ready` has had this value. */
  readonly since: number;
  /** Why audio cannot flow, in words; null while ready. */
  readonly reason: string | null;
  readonly state: VoiceState;
  readonly e2ee: E2eeStatus;
  /**
   * Whether the bot is in the audience of a stage, as it is after joining one. What it plays is sent, but nobody hears it until it becomes a
   * speaker: by PATCH `/guilds/{guild.id}/voice-states/@me` with `suppress: false`, or by a moderator.
   */
  readonly suppressed: boolean;
  /** The last fault, whether or not it interrupted the audio; null once the session is ready again. */
  readonly fault: VoiceFault | null;
}

/** The inputs of {@link assess}: a state and an encryption that belong together, see `sessionView`. */
type Circumstances = Pick<VoiceHealth, 'state' | 'e2ee' | 'suppressed' | 'fault'>;

/** @param since the time of the assessment, in ms */
export function assess({ state, e2ee, suppressed, fault }: Circumstances, since: number): VoiceHealth {
  const obstacle = connectionObstacle(state) ?? E2EE_OBSTACLES[e2ee] ?? (suppressed ? SUPPRESSED : null);
  const reason = obstacle === null || fault === null ? obstacle : `${obstacle}, after ${faultText(fault)}`;
  return { ready: obstacle === null, since, reason, state, e2ee, suppressed, fault };
}

const SUPPRESSED =
  'in the audience of a stage, where nobody hears it: PATCH its voice state with suppress: false, or have a moderator invite it';

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
    case 'failed':
      return `failed: ${state.reason}`;
    default:
      return null;
  }
}

const E2EE_OBSTACLES: Readonly<Record<E2eeStatus, string | null>> = {
  plain: null,
  secure: null,
  withheld: "the call is not end-to-end encrypted, and the option e2ee is 'required'",
  alone: 'nobody else is in this encrypted call, so there is nobody to hear',
  forming: 'the end-to-end encrypted group is being made',
  failed: 'the end-to-end encrypted group could not be joined; the next try follows within 30 s',
};

/** A fault as text. */
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
