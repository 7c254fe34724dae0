/** How an Identify, Select Protocol or Resume is refused, or left unanswered. */
import { CloseCode } from '../../protocol/close-codes.js';
import type { Snowflake } from '../../types.js';
import type { RefusedStage } from '../faults/stages.js';
import type { ServerSettings } from '../options.js';
import { REFUSALS, type RefusalName } from '../rules/refusals.js';
import { breakOff } from './break-off.js';
import type { ControlConnection } from './connection.js';

/**
 * Notes which user this socket belongs to. If a fault has silenced the user, the connection reads nothing more, and `later` runs when the fault ends.
 */
export function silentFor(connection: ControlConnection, userId: Snowflake, later: () => void): boolean {
  connection.userId = userId;
  if (!connection.context.faults.silent.control.has(userId)) return false;
  connection.stall(true);
  connection.defer(later);
  return true;
}

/** The close code that a fault, or the limit of Identifies and Resumes, sends in place of an answer. */
export function forcedRefusal(connection: ControlConnection, stage: RefusedStage, userId: Snowflake | null): number | undefined {
  const { faults, settings } = connection.context;
  const limited = userId !== null && faults.limiter.exceeds(userId, settings.scheduler.now());
  return faults.refusals.take(stage, userId) ?? (limited ? CloseCode.RateLimited : undefined);
}

/** The close code of a rule. The code of one rule is a setting. */
export function codeOf(name: RefusalName, { tokenReuse }: ServerSettings): number {
  return name === 'spent-token' && tokenReuse !== 'accept' ? tokenReuse : REFUSALS[name].code;
}

/** Ends a connection in place of an answer, and emits a `refused` event. */
export function refuse(
  connection: ControlConnection,
  stage: RefusedStage,
  code: number,
  userId: string | null,
  guildId: string | null,
): void {
  connection.context.events.emit({ type: 'refused', stage, code, userId, guildId });
  breakOff(connection, code, `${stage} refused`);
}
