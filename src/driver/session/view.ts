/** What a session reports about itself, as one value: state, encryption and health are three views of the same facts, and so cannot disagree. */
import type { VoiceFault } from '../../fault.js';
import type { E2eeState, VoiceState } from '../../types.js';
import { sameE2eeState } from '../dave/state.js';
import { assess, type VoiceHealth } from './health.js';

/** The facts about a session. Everything that it reports is derived from them, by {@link sessionView}. */
export interface Truth {
  readonly state: VoiceState;
  /** The encryption state that the last media session reported. */
  readonly e2ee: E2eeState;
  /** Whether the bot is in the audience of a stage. */
  readonly suppressed: boolean;
  /** The last fault, whether or not it interrupted the audio. */
  readonly fault: VoiceFault | null;
}

/** What is reported at one moment. A part that has not changed stays the same object. */
export interface SessionView {
  readonly state: VoiceState;
  readonly e2ee: E2eeState;
  readonly health: VoiceHealth;
}

/**
 * @param now in ms
 * @param before the last view
 */
export function sessionView(truth: Truth, now: number, before?: SessionView): SessionView {
  const state = withVersion(truth.state, truth.e2ee.version);
  const told = hasMedia(state) ? truth.e2ee : withoutKeys(truth.e2ee);
  const e2ee = before !== undefined && sameE2eeState(before.e2ee, told) ? before.e2ee : told;
  const { suppressed, fault } = truth;
  const health = assess({ state, e2ee: e2ee.status, suppressed, fault }, now);
  return { state, e2ee, health: before === undefined ? health : since(before.health, health) };
}

/** Whether there is a media session through which audio can flow: the keys belong to it. */
function hasMedia({ status }: VoiceState): boolean {
  return status === 'ready' || status === 'resuming';
}

/** A downgrade or an upgrade changes the version of a call that is ready. */
function withVersion(state: VoiceState, daveVersion: number): VoiceState {
  return state.status !== 'ready' || state.daveVersion === daveVersion ? state : { ...state, daveVersion };
}

/** The keys and the privacy code ended with the media session; the call is still encrypted. */
function withoutKeys({ version }: E2eeState): E2eeState {
  return { version, status: version === 0 ? 'plain' : 'forming', epoch: null, privacyCode: null, members: [] };
}

function since(before: VoiceHealth, health: VoiceHealth): VoiceHealth {
  const same = health.ready === before.ready && health.reason === before.reason && health.e2ee === before.e2ee;
  if (same && health.state === before.state && health.suppressed === before.suppressed && health.fault === before.fault) return before;
  return health.ready === before.ready ? { ...health, since: before.since } : health;
}
