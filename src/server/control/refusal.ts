/** How an Identify, Select Protocol or Resume is not answered: refused, or left waiting. */
import { CloseCode } from '../../protocol/close-codes.js';
import type { Snowflake } from '../../types.js';
import type { RefusedStage } from '../faults/stages.js';
import type { ServerSettings } from '../options.js';
import { REFUSALS, type RefusalName } from '../rules/refusals.js';
import { breakOff } from './break-off.js';
import type { ControlConnection } from './connection.js';

/**
 * Notes whose socket this is. When a fault has silenced the user, nothing more is heard of it, and `later` runs at the end of
 * that.
 */
export function silentFor(connection: ControlConnection, userId: Snowflake, later: () => void): boolean {
  connection.userId = userId;
  if (!connection.context.faults.silent.control.has(userId)) return false;
  connection.stall(true);
  connection.defer(later);
  return true;
}

/** The close code that a fault, or the limit of Identifies and Resumes, puts in place of an answer. */
export function forcedRefusal(connection: ControlConnection, stage: RefusedStage, userId: Snowflake | null): number | undefined {
  const { faults, settings } = connection.context;
  const limited = userId !== null && faults.limiter.exceeds(userId, settings.scheduler.now());
  return faults.refusals.take(stage, userId) ?? (limited ? CloseCode.RateLimited : undefined);
}

/** The close code of a rule; one of them is a setting. */
export function codeOf(name: RefusalName, { tokenReuse }: ServerSettings): number {
  return name === 'spent-token' && tokenReuse !== 'accept' ? tokenReuse : REFUSALS[name].code;
}

/** Ends a connection in place of an answer, and tells of it. */
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
